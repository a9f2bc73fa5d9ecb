// The faults of a handshake: what OpenSSL says about a chain or a channel, in codes that can be counted.
import { Fault } from '../../../runtime/fault.ts'
import { malformed } from './der-reader.ts'

const hints = {
  expired: 'Compare the clocks of both machines; let the node renew its certificate, or join anew.',
  channel: 'Use the same version of Troupe, and a Node.js with OpenSSL 3.5 or later, on both ends.',
}

/**
 * What a failed handshake means: of 'tlsClientError' on a server, with its socket, or of 'error' on a client.
 * @returns a fault `certificate-invalid` · `certificate-expired` · `group-classical` · `handshake-failed` for all else
 */
export function handshakeFault(
  error: unknown,
  socket?: { readonly authorizationError?: Error | string | null },
): Fault {
  const judged = reasonOf(socket?.authorizationError)
  if (judged !== undefined) return refusedChain(judged)
  const code = reasonOf(error) ?? 'no code'
  if (lives.has(code) || chains.has(code) || code.includes('DID_NOT_RETURN_A_CERTIFICATE'))
    return refusedChain(code)
  if (channels.some((part) => code.includes(part))) return classicalChannel(code)
  return new Fault('handshake-failed', `Cannot finish the TLS handshake: it ended with ${code}`, {
    hint: 'Look at the fault on the other end, and check that the address is that of a node.',
    details: { code },
    cause: error,
  })
}

/** The fault of a chain that OpenSSL has refused, by its code. */
export function refusedChain(reason: unknown): Fault {
  const code = reasonOf(reason) ?? 'none was shown'
  return lives.has(code) ? outsideItsLife(code) : malformed(`OpenSSL refuses its chain: ${code}`)
}

/** @param state how things stood */
export function outsideItsLife(state: string): Fault {
  return new Fault('certificate-expired', `Cannot believe the certificate: ${state}`, { hint: hints.expired })
}

/** @param state how things stood */
export function classicalChannel(state: string): Fault {
  return new Fault(
    'group-classical',
    `Cannot use the channel: it is not TLS 1.3 with X25519MLKEM768, but ${state}`,
    {
      hint: hints.channel,
    },
  )
}

const lives = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'])

/** The codes of X509_verify_cert that Node.js names. */
const chains = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'CERT_SIGNATURE_FAILURE',
  'ERROR_IN_CERT_NOT_BEFORE_FIELD',
  'ERROR_IN_CERT_NOT_AFTER_FIELD',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_CHAIN_TOO_LONG',
  'CERT_REVOKED',
  'INVALID_CA',
  'PATH_LENGTH_EXCEEDED',
  'INVALID_PURPOSE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
])

/** Parts of the codes of OpenSSL for a peer that has no group, version or signature in common with us. */
const channels = [
  'NO_SUITABLE_KEY_SHARE',
  'NO_SUITABLE_GROUPS',
  'UNSUPPORTED_PROTOCOL',
  'NO_SHARED_GROUP',
  'PROTOCOL_VERSION',
  'NO_SUITABLE_SIGNATURE_ALGORITHM',
  'NO_COMMON_SIGNATURE_ALGORITHMS',
  'WRONG_SIGNATURE_TYPE',
  'BAD_KEY_SHARE',
]

function reasonOf(error: unknown): string | undefined {
  if (typeof error === 'string') return error
  const { code } = Object(error) as { readonly code?: unknown }
  return typeof code === 'string' ? code : undefined
}
