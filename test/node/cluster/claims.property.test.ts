// The property of names in a cluster (N4): whatever falls or is cut off, what clients saw could have come from one copy of each claim.
import { expect, test } from 'vitest'
import { defineActor, Fault } from 'troupe'
import { checkLinearizable } from '../../../scenarios/testing/checkers/linearizability.ts'
import { claimModel } from '../../../scenarios/testing/checkers/linearizability-models.ts'
import { LinearLog } from '../../../scenarios/testing/checkers/linearizability-log.ts'
import { seededRandom } from '../../../runtime/random.ts'
import { TestCluster } from '../../../scenarios/testing/test-cluster.ts'
import type { ClaimCall, ClaimReply } from '../../../scenarios/testing/checkers/linearizability-models.ts'
import type { ClusterNode } from '../../../scenarios/testing/test-cluster.ts'
import type { Operation } from '../../../scenarios/testing/checkers/linearizability-model.ts'
import type { Random } from '../../../runtime/random.ts'

const names = ['a', 'b', 'c'] as const
const tops = ['x', 'y', 'z'] as const
/** How long the clients go on, and what one waits between two calls at most, in milliseconds of the cluster. */
const storyMs = 20_000
const pauseMs = 400

const root = defineActor('root', { on: { ping: () => 'pong' } })

class Story {
  readonly cluster: TestCluster
  readonly random: Random
  readonly log = new LinearLog<ClaimCall, ClaimReply>()
  /** Every home that some node has heard of, by name, member and epoch: each may be lost with its member. */
  readonly homes = new Map<string, Operation<ClaimCall, ClaimReply>>()
  readonly alive = new Set<string>()
  isOver = false

  constructor(seed: number) {
    this.cluster = new TestCluster({ seed })
    this.random = seededRandom(`claims ${seed}`)
  }

  pause(ms: number): Promise<void> {
    const { clock } = this.cluster
    return new Promise((resolve) => clock.alarm(clock.now() + ms, resolve))
  }

  /** One client of one process, which ends with it. */
  async client(name: string): Promise<void> {
    const own = this.cluster.node(name)
    this.#observe(own)
    this.alive.add(name)
    const random = this.random.fork(`${name} ${own.cluster.member}`)
    while (!this.isOver && this.alive.has(name) && this.cluster.node(name) === own) {
      await this.pause(1 + random.integer(pauseMs))
      const top = tops[random.integer(tops.length)] ?? 'x'
      const home = own.cluster.facts.home(top)
      if (random.integer(3) === 0) await this.#look(own, top)
      else if (home === undefined) await this.#spawn(own, top)
      else if (home.member === own.cluster.member && own.cluster.member !== 0)
        this.#stop(own, top, home.epoch)
      else await this.#spawn(own, top)
    }
  }

  operations(): Operation<ClaimCall, ClaimReply>[] {
    const seen = this.log.operations()
    const given = seen.flatMap(({ key, call, outcome }) =>
      outcome === 'ok' && call.type === 'release' ? [`${key} ${call.by} ${call.epoch}`] : [],
    )
    for (const home of given) this.homes.delete(home)
    return [...seen, ...this.homes.values()]
  }

  /** What a member had is free once it is no more, and what nobody waited for is given back: at any time, or never. */
  #observe({ cluster }: ClusterNode): void {
    const seen = (top: string, member: number, epoch: number): void => {
      const call = { type: 'release', by: `${member}`, epoch } as const
      const lost = { client: 'council', key: top, call, invoked: -1, outcome: 'info' } as const
      this.homes.set(`${top} ${member} ${epoch}`, lost)
    }
    cluster.agreement.directory.watch(
      (change) => {
        if (change.type === 'home-changed') seen(change.top, change.home.member, change.home.epoch)
      },
      () => {
        for (const { top, member, epoch } of cluster.facts.homes()) seen(top, member, epoch)
      },
    )
    for (const { top, member, epoch } of cluster.facts.homes()) seen(top, member, epoch)
  }

  async #spawn({ name, node, cluster }: ClusterNode, top: string): Promise<void> {
    const by = `${cluster.member}`
    const open = this.log.invoke(`${name} ${by}`, top, { type: 'claim', by })
    try {
      await node.spawn(root, { name: top, onNodeLoss: 'stop' })
      const home = cluster.facts.home(top)
      if (`${home?.member}` === by) open.ok({ isDone: true, owner: by, epoch: home?.epoch ?? 0 })
    } catch (fault) {
      // Here or in the council: somebody has it, and nothing has happened.
      if (Fault.is(fault) && fault.outcome !== 'unknown') open.fail()
    }
  }

  #stop({ name, node, cluster }: ClusterNode, top: string, epoch: number): void {
    const by = `${cluster.member}`
    const open = this.log.invoke(`${name} ${by} stops`, top, { type: 'release', by, epoch })
    const end = cluster.agreement.directory.watch(
      (change) => {
        if (change.type !== 'home-changed' || change.top !== top || change.epoch < epoch) return
        end()
        const isOwn = change.cause === 'released' && change.epoch === epoch
        if (isOwn && cluster.member === Number(by)) open.ok({ isDone: true, owner: null, epoch })
      },
      () => end(),
    )
    node.find(top)?.stop()
  }

  async #look({ name, cluster }: ClusterNode, top: string): Promise<void> {
    const open = this.log.invoke(`${name} ${cluster.member}`, top, { type: 'look' })
    try {
      await cluster.agreement.council.read()
      const home = cluster.facts.home(top)
      open.ok({ isDone: true, owner: home === undefined ? null : `${home.member}`, epoch: home?.epoch ?? 0 })
    } catch {
      open.fail()
    }
  }
}

function leaderOf({ cluster }: Story): string {
  const leader = cluster.running.find(({ cluster: own }) => own.agreement.council.role === 'leader')
  return leader?.name ?? 'a'
}

/** Cuts the leader off and lets it back, kills one and starts it again, by turns. */
async function trouble(story: Story): Promise<void> {
  const { cluster, random } = story
  for (const kind of ['cut', 'kill', 'cut', 'freeze'] as const) {
    await cluster.advance(500 + random.integer(1_500))
    const name = leaderOf(story)
    if (kind === 'kill') {
      story.alive.delete(name)
      cluster.kill(name)
      await cluster.advance(random.integer(3_000))
      await cluster.start(name)
      void story.client(name)
    } else {
      const heal =
        kind === 'cut' ? cluster.cutOff([name], random.integer(2) === 0 ? 'drop' : 'reset') : undefined
      if (kind === 'freeze') cluster.freeze(name)
      await cluster.advance(1_000 + random.integer(3_000))
      heal?.()
      if (kind === 'freeze') cluster.thaw(name)
    }
  }
}

async function tell(seed: number): Promise<Operation<ClaimCall, ClaimReply>[]> {
  const story = new Story(seed)
  await using cluster = story.cluster
  const nodes = await cluster.startAll(names)
  await cluster.until(() => nodes.every(({ cluster: own }) => own.facts.memberCount === 3 && own.mayAct))
  const overMs = cluster.clock.now() + storyMs
  for (const name of names) void story.client(name)
  await trouble(story)
  await cluster.advance(Math.max(0, overMs - cluster.clock.now()))
  story.isOver = true
  await cluster.advance(pauseMs)
  return story.operations()
}

test.each([1, 2])('of the names of story %i one copy could have said all that clients saw', async (seed) => {
  const operations = await tell(seed)
  const done = operations.filter(({ outcome }) => outcome === 'ok').map(({ call }) => call.type)
  // A story in which little was done has shown nothing.
  for (const [type, least] of [
    ['claim', 5],
    ['release', 3],
    ['look', 10],
  ] as const)
    expect(done.filter((one) => one === type).length).toBeGreaterThanOrEqual(least)
  expect(checkLinearizable(claimModel, operations)).toMatchObject({ holds: true })
})

test('a second owner that nobody knows of is found in such a story', async () => {
  const operations = await tell(1)
  const first = operations.find(({ call, outcome }) => call.type === 'claim' && outcome === 'ok')
  expect(first).toBeDefined()
  const { key = '', reply, returned = 0 } = first ?? {}
  const call = { type: 'claim', by: '99' } as const
  const epoch = (reply?.epoch ?? 0) + 0.5
  const forged = {
    client: 'z',
    key,
    call,
    invoked: returned + 0.1,
    returned: returned + 0.2,
    outcome: 'ok',
  } as const
  const all = [...operations, { ...forged, reply: { isDone: true, owner: '99', epoch } }]
  expect(checkLinearizable(claimModel, all).holds).toBe(false)
})
