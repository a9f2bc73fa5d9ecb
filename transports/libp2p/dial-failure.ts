// A dial's failure: what several tries at several addresses come to, as one fault.
import { Fault } from '../../runtime/fault.ts'
import { describeThrown } from '../../runtime/thrown.ts'

export interface FailedTry {
  readonly address: string
  readonly error: unknown
}

/** Faults of whoever verifies a peer, and errors of OpenSSL's. */
const refusalCodes =
  /^(?:peer-refused|peer-unexpected|peer-revoked|cluster-foreign|certificate-[a-z]+|authority-foreign|group-classical|ERR_SSL_\w+|ERR_TLS_\w+|CERT_\w+|UNABLE_TO_\w+|SELF_SIGNED_\w+|DEPTH_ZERO_\w+)$/

/** @param attempted what was tried: `dial 12D3…` */
export function dialFailed(attempted: string, tries: readonly FailedTry[]): Fault {
  const lines = tries.map(({ address, error }) => `${address}: ${reasonOf(error)}`)
  const how = lines.length === 0 ? 'no address of it is known' : lines.join(' · ')
  const cause = tries.at(-1)?.error
  const options = { details: { tries: lines }, ...(cause === undefined ? {} : { cause }) }
  if (tries.some(({ error }) => isRefusal(error))) {
    return new Fault('peer-refused', `Cannot ${attempted}: ${how}`, {
      hint: 'Check that both nodes belong to the same cluster, that their clocks agree and their certificates are good.',
      ...options,
    })
  }
  return new Fault('peer-unreachable', `Cannot ${attempted}: ${how}`, {
    hint: 'Check that the node runs, that the address is its own and that nothing between drops the connection.',
    ...options,
    details: { tries: lines, isRefused: isTurnedDown(tries) },
  })
}

/** Whether one side does not accept who the other is. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  // What an encrypter has thrown: its code, and what it said.
  const code = error.name === 'EncryptionFailedError' ? error.message.split(':')[0] : codeOf(error)
  return typeof code === 'string' && refusalCodes.test(code)
}

/** Whether there is a machine at each direct address, and it says that nobody listens; then the process is gone, not the way to it. */
function isTurnedDown(tries: readonly FailedTry[]): boolean {
  const direct = tries.filter(({ address }) => !address.includes('/p2p-circuit'))
  return direct.length > 0 && direct.every(({ error }) => codeOf(error) === 'ECONNREFUSED')
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? (error as { readonly code?: unknown }).code : undefined
}

function reasonOf(error: unknown): string {
  const { name, message } = describeThrown(error)
  return message === '' ? name : message
}
