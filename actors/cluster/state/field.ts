// Fields: the shapes of what commands, answers and snapshots have in common.
import { isPath, pathBytesMax } from '../../../runtime/path.ts'
import { decisionFactsMax } from './decision.ts'
import { specBytesMax, topSegmentsMax } from './home.ts'
import { addressesMax, hostsMax, labelsMax } from './member.ts'
import { ascii, bytes, flag, list, maybe, number, record, text, whole, word } from './shape.ts'
import type { Decision, DecisionFact, MemberEnd } from './decision.ts'
import type { Home, HomeSite, OnLoss } from './home.ts'
import type { MemberKind, MemberStatus } from './member.ts'
import type { Shape } from './shape.ts'

/** Characters of a node's name, which stands in the paths of unnamed roots; also of a uid, a label and the key of a setting. */
export const nodeNameMax = 64
/** Characters of a peer id; libp2p's have 46 to 60. */
export const peerIdMax = 128
/** Characters of an address. */
export const addressMax = 256
/** Bytes of the value of a setting. */
export const settingBytesMax = 4_096
/** Bytes of the reason of a decision, or of a name or value of its facts. */
export const reasonBytesMax = 256

const name = /^[A-Za-z0-9][\w.:@+=,~-]*$/
const printable = /^[!-~][ -~]*$/
const definitionAndVersion = /^[A-Za-z][\w.-]{0,63}@[1-9]\d{0,15}$/
const definitionMax = 81

export const peer: Shape<string> = ascii(
  peerIdMax,
  (value) => printable.test(value),
  `1 to ${peerIdMax} printable characters`,
)
export const uid: Shape<string> = ascii(
  nodeNameMax,
  (value) => printable.test(value),
  `1 to ${nodeNameMax} printable characters`,
)
/** Of nodes, labels and settings. */
export const nodeName: Shape<string> = ascii(
  nodeNameMax,
  (value) => name.test(value),
  `a name of 1 to ${nodeNameMax} letters, digits and ._:@+=,~-`,
)
export const address: Shape<string> = ascii(
  addressMax,
  (value) => printable.test(value),
  `1 to ${addressMax} printable characters`,
)
export const door: Shape<string> = ascii(
  addressMax,
  (value) => value === '' || printable.test(value),
  `up to ${addressMax} printable characters`,
)
export const definition: Shape<string> = ascii(
  definitionMax,
  (value) => definitionAndVersion.test(value),
  'a definition, as name@version',
)
export const path: Shape<string> = ascii(pathBytesMax, isPath, 'a path')
export const top: Shape<string> = ascii(
  pathBytesMax,
  (value) => isPath(value) && value.split('/', topSegmentsMax + 1).length <= topSegmentsMax,
  `a path of at most ${topSegmentsMax} segments`,
)
export const load: Shape<number> = number((value) => value >= 0 && value <= 1, 'a part from 0 to 1')
export const wallMs: Shape<number> = number((value) => value >= 0 && value < Infinity, 'a time since 1970')

export const kind: Shape<MemberKind> = word<MemberKind>('initial', 'trusted', 'local', 'proxy')
export const status: Shape<MemberStatus> = word<MemberStatus>('joining', 'up', 'draining')
export const memberEnd: Shape<MemberEnd> = word<MemberEnd>('removed', 'left', 'superseded', 'revoked')
export const onLoss: Shape<OnLoss> = word<OnLoss>('rehome', 'wait', 'stop')

export const addresses: Shape<readonly string[]> = list(address, addressesMax)
export const labels: Shape<readonly string[]> = list(nodeName, labelsMax)
export const hosts: Shape<readonly string[]> = list(definition, hostsMax)
export const spec: Shape<Uint8Array> = bytes(specBytesMax)

const reason = text(reasonBytesMax)
const factNumber = number((value) => Number.isFinite(value), 'a finite number')

/** A number or a text, told apart by a flag. */
const factValue: Shape<number | string> = {
  write(out, value) {
    flag.write(out, typeof value === 'number')
    if (typeof value === 'number') factNumber.write(out, value)
    else reason.write(out, value)
  },
  read: (from) => (flag.read(from) ? factNumber.read(from) : reason.read(from)),
}

export const decision: Shape<Decision> = record<Decision>({
  why: reason,
  atMs: wallMs,
  by: whole(),
  facts: list(record<DecisionFact>({ name: reason, value: factValue }), decisionFactsMax),
})

export const homeSite: Shape<HomeSite> = record<HomeSite>({ top, member: whole(), epoch: whole() })

export const home: Shape<Home> = record<Home>({
  top,
  member: whole(),
  epoch: whole(),
  onLoss,
  definition,
  spec,
  isSingleton: flag,
  isSettled: flag,
  ticket: whole(),
  node: nodeName,
})

export const setting: Shape<string> = text(settingBytesMax)
export const maybeSetting: Shape<string | undefined> = maybe(setting)
