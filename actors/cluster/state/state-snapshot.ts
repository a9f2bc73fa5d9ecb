// A snapshot of the state: all of it as bytes, the same bytes wherever the same commands were applied.
import { describeThrown } from '../../../runtime/thrown.ts'
import { Fault } from '../../../runtime/fault.ts'
import { invariant } from '../../../runtime/invariant.ts'
import { leasesMax, settingsMax } from './agreement-verbs.ts'
import { ClusterState } from './cluster-state.ts'
import { decisionsMax } from './decision.ts'
import * as field from './field.ts'
import { homesMax } from './home.ts'
import { Ledger } from './ledger.ts'
import { membersMax } from './member.ts'
import { revokedPeersMax } from './member-verbs.ts'
import { fromBytes, list, record, toBytes, whole } from './shape.ts'
import { shardCount } from '../placement/shard-of.ts'
import type { Lease, Shard } from './cluster-facts.ts'
import type { Ended } from './decision.ts'
import type { Home } from './home.ts'
import type { Member } from './member.ts'

const format = 1

interface Snapshot {
  readonly view: number
  readonly lastNumber: number
  readonly lastEpoch: number
  readonly members: readonly Member[]
  /** In the order in which they were claimed. */
  readonly homes: readonly Home[]
  readonly shards: readonly Shard[]
  readonly leases: readonly Lease[]
  readonly settings: readonly Setting[]
  readonly revoked: readonly string[]
  readonly ended: readonly Ended[]
}

interface Setting {
  readonly key: string
  readonly value: string
}

export function snapshotState({ ledger }: ClusterState): Uint8Array {
  const { roster, homes, shards, leases, settings, revoked, ended } = ledger
  return toBytes(snapshotShape, format, {
    view: roster.view,
    lastNumber: roster.lastNumber,
    lastEpoch: homes.lastEpoch,
    members: [...roster.all()],
    homes: [...homes.all()],
    shards: shards.all(),
    leases: [...leases.values()],
    settings: [...settings].map(([key, value]) => ({ key, value })),
    revoked: [...revoked],
    ended,
  })
}

/** @throws {Fault} `snapshot-malformed` */
export function restoreState(bytes: Uint8Array): ClusterState {
  try {
    return new ClusterState(ledgerOf(fromBytes(snapshotShape, format, bytes)))
  } catch (error) {
    const { message } = describeThrown(error)
    const attempted = `Cannot restore the cluster's state from ${bytes.byteLength} bytes`
    throw new Fault('snapshot-malformed', `${attempted}: ${message}`, {
      hint: 'Take a snapshot of another node: this one is broken, hostile, or of another version.',
      cause: error,
    })
  }
}

function ledgerOf(snapshot: Snapshot): Ledger {
  const ledger = new Ledger()
  const { roster, homes, shards, leases, settings, revoked } = ledger
  roster.fill(snapshot.members, snapshot.lastNumber, snapshot.view)
  homes.fill(snapshot.homes, snapshot.lastEpoch)
  const isMember = (number: number): boolean => number === 0 || roster.get(number) !== undefined
  for (const { top, member } of homes.all()) {
    invariant(isMember(member), 'A home has a member that is not in the roster')
    invariant((homes.above(top)?.member ?? member) === member, 'Kin are parted')
  }
  const isTable =
    snapshot.shards.length === shardCount && snapshot.shards.every(({ shard }, at) => shard === at)
  invariant(isTable, 'The shards are not all there')
  shards.fill(snapshot.shards)
  for (const lease of snapshot.leases) leases.set(lease.name, lease)
  for (const { key, value } of snapshot.settings) settings.set(key, value)
  for (const peer of snapshot.revoked) revoked.add(peer)
  ledger.ended = snapshot.ended
  return ledger
}

const member = record<Member>({
  number: whole(),
  peer: field.peer,
  uid: field.uid,
  name: field.nodeName,
  kind: field.kind,
  status: field.status,
  addresses: field.addresses,
  labels: field.labels,
  hosts: field.hosts,
  load: field.load,
  door: field.door,
})

const ended = record<Ended>({
  number: whole(),
  name: field.nodeName,
  peer: field.peer,
  uid: field.uid,
  end: field.memberEnd,
  view: whole(),
  decision: field.decision,
  rehomed: whole(),
  waiting: whole(),
  stopped: whole(),
})

const snapshotShape = record<Snapshot>({
  view: whole(),
  lastNumber: whole(),
  lastEpoch: whole(),
  members: list(member, membersMax),
  homes: list(field.home, homesMax),
  shards: list(record<Shard>({ shard: whole(), owner: whole(), epoch: whole(), from: whole() }), shardCount),
  leases: list(record<Lease>({ name: field.path, member: whole(), epoch: whole() }), leasesMax),
  settings: list(record<Setting>({ key: field.nodeName, value: field.setting }), settingsMax),
  revoked: list(field.peer, revokedPeersMax),
  ended: list(ended, decisionsMax),
})
