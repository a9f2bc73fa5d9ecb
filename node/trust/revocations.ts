// Revocations: the nodes and the certificates that are not spoken to any more, kept one file each so that nobody overwrites another's.
import { fromHex } from '../../transports/libp2p/identity/byte-text.ts'
import { Fault } from '../../runtime/fault.ts'
import { escapeText } from '../../runtime/escape.ts'
import { readFields, textBytes, textField, timeBytes, timeField, writeFields } from './fields.ts'
import type { TrustFolder } from './trust-folder.ts'

/** `peer` for good, or one certificate by its serial number. */
export interface Revocation {
  readonly kind: 'peer' | 'serial'
  /** The peer id, or lower-case hexadecimal digits. */
  readonly value: string
  /** Milliseconds since 1970. */
  readonly atMs: number
  readonly reason: string
}

export const revocationsMax = 10_000
export const revocationReasonCharactersMax = 200

/** @throws {Fault} `revocation-invalid` · `revocations-full` · `disk-failed` */
export async function addRevocation(folder: TrustFolder, revocation: Revocation): Promise<void> {
  checkRevocation(revocation)
  const { kind, value } = revocation
  const names = await folder.names(place)
  const name = `${kind}-${value}`
  if (names.includes(name)) return
  if (names.length >= revocationsMax) throw full(names.length)
  await write(folder, revocation)
}

/** That the whole cluster has heard of a revocation that an operator has made here. */
export async function markAgreed(folder: TrustFolder, revocation: Revocation): Promise<void> {
  const reason = `${agreed}: ${revocation.reason}`.slice(0, revocationReasonCharactersMax)
  await write(folder, { ...revocation, reason })
}

/** Whether the cluster has agreed on it, so that the cluster may take it back. */
export function isAgreed({ reason }: Revocation): boolean {
  return reason.startsWith(agreed)
}

/** A node may come back. */
export async function removeRevocation(folder: TrustFolder, peer: string): Promise<void> {
  await folder.remove(`${place}/peer-${peer}`)
}

/** Of what is kept; cheap, to see whether there is something new. */
export function revocationNames(folder: TrustFolder): Promise<string[]> {
  return folder.names(place)
}

async function write(folder: TrustFolder, { kind, value, atMs, reason }: Revocation): Promise<void> {
  const record = new Map([
    [1, textBytes(kind)],
    [2, textBytes(value)],
    [3, timeBytes(atMs)],
    [4, textBytes(reason)],
  ])
  await folder.write(`${place}/${kind}-${value}`, writeFields(recordKind, record))
}

/** All that are kept, in the order of their names. */
export async function readRevocations(folder: TrustFolder): Promise<Revocation[]> {
  const found: Revocation[] = []
  for (const name of await folder.names(place)) {
    const record = await folder.read(`${place}/${name}`)
    if (record !== undefined) found.push(readRecord(record))
  }
  return found
}

const place = 'revoked'
/** How the reason of one begins that the cluster has agreed on: see shared-trust.ts. */
const agreed = 'by the council'
const recordKind = 'troupe revocation 1\n'
const revocationRecordBytesMax = 1_024
const peerForm = /^[1-9A-HJ-NP-Za-km-z]{1,128}$/

function readRecord(bytes: Uint8Array): Revocation {
  const fields = readFields(recordKind, bytes, revocationRecordBytesMax)
  const kind = textField(fields, 1, 16) === 'peer' ? 'peer' : 'serial'
  const value = textField(fields, 2, 128)
  return {
    kind,
    value,
    atMs: timeField(fields, 3),
    reason: textField(fields, 4, revocationReasonCharactersMax),
  }
}

function checkRevocation({ kind, value, reason }: Revocation): void {
  const isSerial = value.length <= 40 && (fromHex(value)?.byteLength ?? 0) > 0
  const isFit = kind === 'peer' ? peerForm.test(value) : isSerial
  const isReason = reason.length <= revocationReasonCharactersMax && /^[ -~]*$/.test(reason)
  if (isFit && isReason) return
  throw new Fault(
    'revocation-invalid',
    `Cannot revoke "${escapeText(value, 130)}": ${isFit ? 'the reason is too long, or not printable ASCII' : `it is no ${kind}`}`,
    {
      hint: 'Give a peer id as "nodes" shows it, or the serial number of a certificate in hexadecimal digits.',
    },
  )
}

function full(count: number): Fault {
  return new Fault('revocations-full', `Cannot revoke: ${count} of ${revocationsMax} revocations are kept`, {
    hint: 'Rotate the authority: then those who are not given a new certificate are out, and old revocations can go.',
  })
}
