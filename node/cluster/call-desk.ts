// A call at the join desk: how a node that has a token and no certificate yet finds somebody who answers it.
import { askByLetter } from './letter.ts'
import { Fault } from '../../runtime/fault.ts'
import { knock } from '../../transports/libp2p/foyer.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { DeskCall } from '../trust/cluster-verbs.ts'
import type { JoinToken } from '../trust/join-token.ts'
import type { PeerId } from '../../runtime/transport.ts'

/** Who has answered, and where. */
export interface OpenCall extends DeskCall {
  readonly peer: PeerId
  readonly address: string
}

/**
 * Tries the addresses of a token, one after the other.
 * @throws {Fault} `address-missing` · the last one's `address-unusable` · `peer-unreachable` · `peer-refused`
 */
export async function callDesk(token: JoinToken, clock: Clock): Promise<OpenCall> {
  const { cluster, fingerprint } = token
  let last: unknown = addressMissing()
  for (const address of token.addresses) {
    try {
      const stream = await knock({ address, cluster, fingerprint, clock })
      const ask = (question: Uint8Array): Promise<Uint8Array> => askByLetter(stream, question, clock)
      return { peer: stream.peer, address, binding: stream.binding, ask }
    } catch (fault) {
      last = fault
    }
  }
  throw last
}

function addressMissing(): Fault {
  return new Fault('address-missing', 'Cannot join: the token names no address', {
    hint: 'Make a token with "troupe cluster token DIR --address ADDRESS".',
  })
}
