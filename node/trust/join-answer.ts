// A join answer: a certificate with the roots to believe, or the fault that stood against it.
import { certificateFromPem, pemOf } from '../../transports/libp2p/identity/certificate-reader.ts'
import { certificateBytesMax } from '../../transports/libp2p/identity/der-reader.ts'
import { Fault } from '../../runtime/fault.ts'
import { field, readFields, textBytes, textField, writeFields } from './fields.ts'

export const joinAnswerBytesMax = 65_536

export type JoinAnswer =
  | {
      readonly kind: 'granted'
      /** In DER. */
      readonly certificate: Uint8Array
      /** In PEM: that of the authority which has signed first, and the other one while there are two. */
      readonly roots: readonly string[]
    }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly hint: string }

export function writeJoinAnswer(answer: JoinAnswer): Uint8Array {
  if (answer.kind === 'refused') {
    const { code, message, hint } = answer
    return writeFields(
      refusedKind,
      new Map([
        [1, textBytes(plain(code, codeCharacters))],
        [2, textBytes(plain(message, messageCharacters))],
        [3, textBytes(plain(hint, messageCharacters))],
      ]),
    )
  }
  const [first, second] = answer.roots
  const fields = new Map([[1, answer.certificate]])
  if (first !== undefined) fields.set(2, certificateFromPem(first))
  if (second !== undefined) fields.set(3, certificateFromPem(second))
  return writeFields(grantedKind, fields)
}

/** @throws {Fault} `join-malformed` */
export function readJoinAnswer(bytes: Uint8Array): JoinAnswer {
  const start = new TextDecoder().decode(bytes.subarray(0, refusedKind.length))
  if (start === refusedKind) {
    const fields = readFields(refusedKind, bytes, joinAnswerBytesMax)
    return {
      kind: 'refused',
      code: textField(fields, 1, codeCharacters),
      message: textField(fields, 2, messageCharacters),
      hint: textField(fields, 3, messageCharacters),
    }
  }
  const fields = readFields(grantedKind, bytes, joinAnswerBytesMax)
  const roots = [field(fields, 2, 1, certificateBytesMax)]
  if (fields.has(3)) roots.push(field(fields, 3, 1, certificateBytesMax))
  return {
    kind: 'granted',
    certificate: field(fields, 1, 1, certificateBytesMax),
    roots: roots.map((root) => pemOf(root, 'CERTIFICATE')),
  }
}

/** What the other side has refused, as a fault of this one. */
export function refusal(answer: JoinAnswer & { readonly kind: 'refused' }): Fault {
  const { code, message, hint } = answer
  return new Fault('join-refused', `Cannot get a certificate: the cluster answers "${message}" (${code})`, {
    hint: hint === '' ? 'Look at the log of the node that has answered.' : hint,
    details: { code },
  })
}

const grantedKind = 'troupe join granted 1\n'
const refusedKind = 'troupe join refused 1\n'
const codeCharacters = 64
const messageCharacters = 400

function plain(text: string, charactersMax: number): string {
  return text.replaceAll(/[^ -~]/g, '?').slice(0, charactersMax)
}
