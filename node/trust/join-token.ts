// A join token: what an operator carries to a machine so that it may join a cluster, once, for a while.
import { fromBase64, fromHex, toBase64, toHex } from '../../transports/libp2p/identity/byte-text.ts'
import { isClusterId } from '../../transports/libp2p/identity/node-name.ts'
import { Fault } from '../../runtime/fault.ts'
import { field, readFields, textBytes, textField, timeBytes, timeField, writeFields } from './fields.ts'

export interface JoinToken {
  readonly cluster: string
  /** 16 hexadecimal digits. Not a secret. */
  readonly id: string
  /** 32 bytes. The cluster keeps their hash only, and they are never sent. */
  readonly secret: Uint8Array
  /** SHA-256 of the authority's certificate, in hexadecimal digits: by it the node knows whom it asks. */
  readonly fingerprint: string
  /** Milliseconds since 1970. */
  readonly endsMs: number
  /** Where to ask: multiaddrs. */
  readonly addresses: readonly string[]
}

export const tokenCharactersMax = 4_096
export const tokenAddressesMax = 8
export const tokenAddressCharactersMax = 256
export const tokenIdBytes = 8
export const tokenSecretBytes = 32

/** One word that a shell leaves alone. */
export function writeToken(token: JoinToken): string {
  const fields = new Map([
    [1, textBytes(token.cluster)],
    [2, fromHex(token.id) ?? new Uint8Array(0)],
    [3, token.secret],
    [4, fromHex(token.fingerprint) ?? new Uint8Array(0)],
    [5, timeBytes(token.endsMs)],
    [6, textBytes(token.addresses.join(' '))],
  ])
  return `${prefix}${toBase64(writeFields('', fields), 'base64url')}`
}

/** @throws {Fault} `token-invalid` it is cut off, or no token */
export function readToken(text: string): JoinToken {
  const trimmed = text.length <= tokenCharactersMax ? text.trim() : ''
  const bytes = trimmed.startsWith(prefix) ? fromBase64(trimmed.slice(prefix.length), 'base64url') : undefined
  if (bytes === undefined) throw invalid('it is not of the form "troupe-join-1…"')
  try {
    return readFieldsOf(bytes)
  } catch (error) {
    if (Fault.is(error) && error.code === 'join-malformed') throw invalid(error.message)
    throw error
  }
}

const prefix = 'troupe-join-1.'

function readFieldsOf(bytes: Uint8Array): JoinToken {
  const fields = readFields('', bytes, tokenCharactersMax)
  const cluster = textField(fields, 1, 64)
  if (!isClusterId(cluster)) throw invalid('it names no cluster')
  const addresses = textField(fields, 6, tokenAddressesMax * (tokenAddressCharactersMax + 1))
  return {
    cluster,
    id: toHex(field(fields, 2, tokenIdBytes)),
    secret: field(fields, 3, tokenSecretBytes),
    fingerprint: toHex(field(fields, 4, 32)),
    endsMs: timeField(fields, 5),
    addresses: addresses.split(' ').filter((address) => address !== ''),
  }
}

function invalid(reason: string): Fault {
  return new Fault('token-invalid', `Cannot use the join token: ${reason}`, {
    hint: 'Copy the whole token, or make a new one with "cluster token".',
  })
}
