// The shape of commands: how they stand in the council's log, for good. A number or a field that was ever used keeps its meaning.
import { batchMax } from './command.ts'
import * as field from './field.ts'
import { always, flag, list, maybe, record, variants, whole } from './shape.ts'
import { shardCount } from '../placement/shard-of.ts'
import type * as commands from './command.ts'
import type { Shape } from './shape.ts'

const claim = record<commands.Claim>({
  top: field.top,
  onLoss: field.onLoss,
  definition: field.definition,
  spec: field.spec,
  isSingleton: flag,
  ticket: whole(),
})
const homes = list(record<commands.HomeMark>({ top: field.top, epoch: whole() }), batchMax)
const shards = list(record<commands.ShardMark>({ shard: whole(shardCount - 1), epoch: whole() }), shardCount)

export const commandShape: Shape<commands.Command> = variants<commands.Command>({
  join: [
    1,
    record<commands.Join>({
      type: always('join'),
      peer: field.peer,
      uid: field.uid,
      name: field.nodeName,
      kind: field.kind,
      addresses: field.addresses,
      labels: field.labels,
      hosts: field.hosts,
      atMs: field.wallMs,
    }),
  ],
  update: [
    2,
    record<commands.Update>({
      type: always('update'),
      number: whole(),
      addresses: maybe(field.addresses),
      labels: maybe(field.labels),
      hosts: maybe(field.hosts),
      load: maybe(field.load),
      door: maybe(field.door),
    }),
  ],
  up: [3, record<commands.Up>({ type: always('up'), number: whole() })],
  drain: [4, record<commands.Drain>({ type: always('drain'), number: whole() })],
  leave: [5, record<commands.Leave>({ type: always('leave'), number: whole(), atMs: field.wallMs })],
  remove: [6, record<commands.Remove>({ type: always('remove'), number: whole(), decision: field.decision })],
  revoke: [
    7,
    record<commands.Revoke>({ type: always('revoke'), peer: field.peer, decision: field.decision }),
  ],
  pardon: [8, record<commands.Pardon>({ type: always('pardon'), peer: field.peer })],
  claim: [
    9,
    record<commands.ClaimHomes>({ type: always('claim'), member: whole(), claims: list(claim, batchMax) }),
  ],
  release: [10, record<commands.ReleaseHomes>({ type: always('release'), member: whole(), homes })],
  rehome: [11, record<commands.RehomeHomes>({ type: always('rehome'), homes, to: whole() })],
  settle: [12, record<commands.SettleHomes>({ type: always('settle'), member: whole(), homes })],
  shed: [13, record<commands.Shed>({ type: always('shed'), member: whole(), shards })],
  lease: [14, record<commands.TakeLease>({ type: always('lease'), name: field.path, member: whole() })],
  unlease: [
    15,
    record<commands.EndLease>({
      type: always('unlease'),
      name: field.path,
      member: whole(),
      epoch: whole(),
    }),
  ],
  set: [
    16,
    record<commands.SetSetting>({
      type: always('set'),
      key: field.nodeName,
      value: field.maybeSetting,
    }),
  ],
})
