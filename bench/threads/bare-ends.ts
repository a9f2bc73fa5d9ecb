// The two ends of a bare link, made in the main thread and handed to the threads that it connects.
import { MessageChannel } from 'node:worker_threads'
import { newRing } from '../limit/threads/ring.ts'
import { PortLink } from './port-link.ts'
import { RingLink } from '../limit/threads/ring-link.ts'
import type { MessagePort } from 'node:worker_threads'
import type { Peer } from '../workload.ts'
import type { Link } from './link.ts'

/** The peers that are not Troupe. */
export type BarePeer = Exclude<Peer, 'troupe'>

/** Goes to a thread in a message, with the port in its transfer list. */
export interface BareEnd {
  readonly port: MessagePort
  /** The naive link has none. */
  readonly rings: { readonly out: SharedArrayBuffer; readonly in: SharedArrayBuffer } | undefined
}

export function newEnds(peer: BarePeer): readonly [BareEnd, BareEnd] {
  const { port1, port2 } = new MessageChannel()
  if (peer === 'postmessage') {
    return [
      { port: port1, rings: undefined },
      { port: port2, rings: undefined },
    ]
  }
  const [there, back] = [newRing(), newRing()]
  return [
    { port: port1, rings: { out: there, in: back } },
    { port: port2, rings: { out: back, in: there } },
  ]
}

export function openLink({ port, rings }: BareEnd): Link {
  return rings === undefined ? new PortLink(port) : new RingLink(rings, port)
}
