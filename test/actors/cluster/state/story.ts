// A story of a cluster: random commands, some of which fit how things stand and some of which do not.
import fc from 'fast-check'
import type { Claim, Command, HomeMark } from '../../../../actors/cluster/state/command.ts'
import type { ClusterFacts } from '../../../../actors/cluster/state/cluster-facts.ts'
import type { OnLoss } from '../../../../actors/cluster/state/home.ts'
import type { MemberKind } from '../../../../actors/cluster/state/member.ts'

const nodes = ['a', 'b', 'c', 'd', 'e', 'f'] as const
const tops = ['r', 'r/s', 'r/s/t', 'r/u', 'r/u/v/w', 'x', 'x/y', 'z/1', 'z/2', 'z'] as const
const definitions = ['one@1', 'one@2', 'two@1'] as const
const kinds: readonly MemberKind[] = ['initial', 'trusted', 'trusted', 'trusted', 'local', 'proxy']
const losses: readonly OnLoss[] = ['rehome', 'rehome', 'wait', 'stop']

/** What is to happen, before it is known how things stand: numbers pick among what there is. */
export interface Step {
  readonly act:
    | 'join'
    | 'up'
    | 'claim'
    | 'release'
    | 'rehome'
    | 'rehome-clan'
    | 'settle'
    | 'drain'
    | 'leave'
    | 'remove'
    | 'update'
    | 'revoke'
    | 'pardon'
    | 'shed'
    | 'lease'
    | 'unlease'
    | 'set'
  readonly pick: readonly [number, number, number, number]
}

const acts: readonly Step['act'][] = [
  ...(['join', 'join', 'join', 'up', 'up', 'up', 'claim', 'claim', 'claim', 'claim', 'release'] as const),
  ...(['rehome', 'rehome-clan', 'rehome-clan', 'settle', 'drain', 'leave', 'remove', 'update'] as const),
  ...(['revoke', 'pardon', 'shed', 'shed', 'lease', 'lease', 'unlease', 'set'] as const),
]

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    act: fc.constantFrom(...acts),
    pick: fc.tuple(fc.nat(999), fc.nat(999), fc.nat(999), fc.nat(999)),
  }),
  { minLength: 1, maxLength: 80, size: 'max' },
)

/** The command of a step, as things stand. @param index of the step, for what has to be new each time */
export function commandOf(facts: ClusterFacts, { act, pick }: Step, index: number): Command {
  const [a, b, c, d] = pick
  const numbers = [...facts.members()].map((member) => member.number)
  // One in nine is nobody, or somebody who is no more.
  const number = numbers.length === 0 || a % 9 === 0 ? a % 7 : at(numbers, a)
  const decision = { why: 'it was silent', atMs: index, by: b % 4, facts: [{ name: 'silence', value: c }] }
  switch (act) {
    case 'join':
      return joinOf(facts, pick, index)
    case 'up':
    case 'drain':
      return { type: act, number }
    case 'leave':
      return { type: act, number, atMs: index }
    case 'remove':
      return { type: act, number, decision }
    case 'revoke':
      return { type: act, peer: `peer-${at(nodes, a)}`, decision }
    case 'pardon':
      return { type: act, peer: `peer-${at(nodes, a)}` }
    case 'update':
      if (b % 3 === 0) return { type: act, number, load: (c % 11) / 10 }
      return { type: act, number, hosts: definitions.filter((_, bit) => (c >> bit) % 2 === 1), door: `${d}` }
    case 'claim':
      return { type: act, member: number, claims: claimsOf(pick, index) }
    case 'release':
    case 'settle': {
      const marks = b % 2 === 0 ? marksOf(facts, [at(tops, b), at(tops, c)], d) : marksOf(facts, tops, 1)
      return { type: act, member: number, homes: marks }
    }
    case 'rehome':
      return { type: act, homes: marksOf(facts, [at(tops, b)], d), to: number }
    case 'rehome-clan': {
      const top = at(tops, b)
      const clan = tops.filter((one) => one.split('/')[0] === top.split('/')[0])
      return { type: act === 'rehome-clan' ? 'rehome' : act, homes: marksOf(facts, clan, d), to: number }
    }
    case 'shed': {
      const own = facts.shards().filter(({ from }) => from === number)
      const few = own.filter((_, place) => b % 2 === 0 || place % 3 === 0)
      return {
        type: act,
        member: number,
        shards: few.map(({ shard, epoch }) => ({ shard, epoch: Math.max(0, epoch - (c % 5 === 0 ? 1 : 0)) })),
      }
    }
    case 'lease':
      return { type: act, name: `lease-${b % 3}`, member: number }
    case 'unlease': {
      const lease = facts.lease(`lease-${b % 3}`)
      return {
        type: act,
        name: `lease-${b % 3}`,
        member: lease?.member ?? number,
        epoch: Math.max(0, (lease?.epoch ?? 0) - (c % 4 === 0 ? 1 : 0)),
      }
    }
    case 'set':
      return { type: act, key: `key-${b % 3}`, ...(c % 3 === 0 ? {} : { value: `${d % 3}` }) }
  }
}

function joinOf(facts: ClusterFacts, [a, b, c, d]: Step['pick'], index: number): Command {
  const node = at(nodes, a)
  // Now and then a process asks again, or one with other keys wants a name that is taken.
  const known = facts.memberByPeer(`peer-${node}`)
  const uid = b % 5 === 0 && known !== undefined ? known.uid : b % 17 === 1 ? `uid-${c % 10}` : `uid-${index}`
  return {
    type: 'join',
    peer: `peer-${b % 13 === 2 ? 'g' : node}`,
    uid,
    name: d % 11 === 0 ? at(nodes, c) : node,
    kind: at(kinds, c),
    addresses: [`/memory/${node}`],
    labels: ['red', 'blue', 'red'],
    hosts: definitions.filter((_, bit) => d % 4 === 0 || (d >> bit) % 2 === 1),
    atMs: index,
  }
}

function claimsOf([, b, c, d]: Step['pick'], index: number): Claim[] {
  return [at(tops, b), at(tops, c)].slice(0, 1 + (d % 2)).map((top, place) => ({
    top,
    onLoss: at(losses, d + place),
    definition: at(definitions, c + d),
    spec: Uint8Array.of(index % 256, place),
    isSingleton: d % 5 === 0,
    // Small numbers come again, as those of a claim that is sent again.
    ticket: d % 7 === 0 ? 0 : index,
  }))
}

/** @param flaw one in ten is as somebody knew it long ago */
function marksOf(facts: ClusterFacts, wanted: readonly string[], flaw: number): HomeMark[] {
  return [...new Set(wanted)].flatMap((top) => {
    const home = facts.home(top)
    if (home === undefined) return flaw % 10 === 0 ? [{ top, epoch: 1 }] : []
    return [{ top, epoch: flaw % 10 === 0 ? home.epoch - 1 : home.epoch }]
  })
}

function at<T>(list: readonly T[], pick: number): T {
  return list[pick % list.length]!
}
