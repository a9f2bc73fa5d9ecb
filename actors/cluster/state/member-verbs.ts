// Verbs of members: how joining, changing and ending change the ledger. Each checks all before it changes anything.
import { endMember, findHomes, shareAgain } from './member-end.ts'
import { membersMax } from './member.ts'
import { memberUnknown, refused } from './refused.ts'
import type { Answer, Refusal } from './answer.ts'
import type { Drain, Join, Leave, Pardon, Remove, Revoke, Up, Update } from './command.ts'
import type { Decision } from './decision.ts'
import type { Ledger } from './ledger.ts'
import type { Member, MemberStatus } from './member.ts'

/** Peers that are kept out. A revocation may be taken back once its certificates have expired. */
export const revokedPeersMax = 10_000

export function join(ledger: Ledger, command: Join): Answer {
  const { roster } = ledger
  const { peer, uid, name, kind, addresses, labels, hosts, atMs } = command
  const again = roster.byUid(uid)
  if (again?.peer === peer) return { type: 'joined', number: again.number, view: roster.view }
  const older = roster.byPeer(peer)
  const refusal = joinRefusal(ledger, command, older)
  if (refusal !== undefined) return refusal
  if (older !== undefined) {
    const why = `its node has started again as "${name}"`
    endMember(ledger, older, { end: 'superseded', decision: { why, atMs, by: 0, facts: [] } })
  }
  const member = roster.add({
    peer,
    uid,
    name,
    kind,
    status: 'joining',
    addresses,
    labels: inOrder(labels),
    hosts: inOrder(hosts),
    load: 0,
    door: '',
  })
  ledger.note({ type: 'member-joined', member, view: roster.view })
  return { type: 'joined', number: member.number, view: roster.view }
}

export function update(ledger: Ledger, command: Update): Answer {
  const { roster } = ledger
  const before = roster.get(command.number)
  if (before === undefined) return memberUnknown(command.number)
  const { addresses, labels, hosts, load, door } = command
  const member = {
    ...before,
    ...(addresses === undefined ? {} : { addresses }),
    ...(labels === undefined ? {} : { labels: inOrder(labels) }),
    ...(hosts === undefined ? {} : { hosts: inOrder(hosts) }),
    ...(load === undefined ? {} : { load }),
    ...(door === undefined ? {} : { door }),
  }
  const isNewView = [addresses, labels, hosts, door].some((one) => one !== undefined)
  roster.change(member, isNewView)
  ledger.note({ type: 'member-changed', member, before, view: roster.view })
  if (hosts !== undefined) findHomes(ledger)
  return { type: 'done', view: roster.view }
}

export function up(ledger: Ledger, { number }: Up): Answer {
  const answer = enter(ledger, number, 'up')
  if (answer.type === 'done') findHomes(ledger)
  return answer
}

export function drain(ledger: Ledger, { number }: Drain): Answer {
  return enter(ledger, number, 'draining')
}

export function leave(ledger: Ledger, { number, atMs }: Leave): Answer {
  const decision = { why: 'it has left', atMs, by: number, facts: [] }
  return end(ledger, number, { end: 'left', decision })
}

export function remove(ledger: Ledger, { number, decision }: Remove): Answer {
  return end(ledger, number, { end: 'removed', decision })
}

export function revoke(ledger: Ledger, { peer, decision }: Revoke): Answer {
  const { roster, revoked } = ledger
  const count = revoked.size
  if (!revoked.has(peer)) {
    if (count >= revokedPeersMax)
      return refused('revocations-full', `${count} of ${revokedPeersMax} peers are kept out`)
    revoked.add(peer)
    ledger.note({ type: 'peer-revoked', peer })
  }
  const member = roster.byPeer(peer)
  if (member !== undefined) endMember(ledger, member, { end: 'revoked', decision })
  return { type: 'done', view: roster.view }
}

export function pardon(ledger: Ledger, { peer }: Pardon): Answer {
  if (ledger.revoked.delete(peer)) ledger.note({ type: 'peer-pardoned', peer })
  return { type: 'done', view: ledger.roster.view }
}

function end(ledger: Ledger, number: number, how: { end: 'left' | 'removed'; decision: Decision }): Answer {
  const member = ledger.roster.get(number)
  if (member === undefined) return memberUnknown(number)
  endMember(ledger, member, how)
  return { type: 'done', view: ledger.roster.view }
}

function enter(ledger: Ledger, number: number, status: MemberStatus): Answer {
  const { roster } = ledger
  const before = roster.get(number)
  if (before === undefined) return memberUnknown(number)
  if (before.status === status) return { type: 'done', view: roster.view }
  const member: Member = { ...before, status }
  roster.change(member, true)
  ledger.note({ type: 'member-changed', member, before, view: roster.view })
  shareAgain(ledger)
  return { type: 'done', view: roster.view }
}

function joinRefusal(
  ledger: Ledger,
  { peer, uid, name }: Join,
  older: Member | undefined,
): Refusal | undefined {
  const { roster, revoked, ended } = ledger
  if (revoked.has(peer)) return refused('member-revoked', `peer ${peer} is kept out`)
  // A join that comes so late that its process was removed since would end the one that has come after it.
  const past = ended.find((one) => one.uid === uid)
  if (past !== undefined)
    return refused('member-ended', `this process was member ${past.number}, which is no more`)
  const same = roster.byUid(uid)
  if (same !== undefined) return refused('member-ended', `member ${same.number} has the same uid`)
  const named = roster.byName(name)
  if (named !== undefined && named !== older)
    return refused('name-taken', `member ${named.number}, with other keys, is "${name}"`)
  if (older === undefined && roster.count >= membersMax)
    return refused('cluster-full', `it has ${roster.count} of ${membersMax} members`)
  return undefined
}

/** In one order whoever says them in whichever, and each once. */
function inOrder(words: readonly string[]): readonly string[] {
  return [...new Set(words)].toSorted()
}
