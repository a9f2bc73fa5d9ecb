// A thread wire's ends: they are made together, sent to two threads, and opened there.
import { newRing, ringBytesDefault } from './ring-layout.ts'
import { ThreadWire } from './thread-wire.ts'
import { newPorts } from './wire-port.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { RingPair, ThreadWireOptions } from './thread-wire.ts'
import type { PortHandle } from './wire-port.ts'

/** Plain data to send to a thread; the port has to stand in the list of what is transferred. */
export interface ThreadWireEnd extends RingPair {
  readonly port: PortHandle
}

/** @param ringBytes of each direction; a power of two within `ringBytesBounds` */
export function newThreadWire(ringBytes: number = ringBytesDefault): [ThreadWireEnd, ThreadWireEnd] {
  const there = newRing(ringBytes)
  const back = newRing(ringBytes)
  const [port, otherPort] = newPorts()
  return [
    { incoming: back, outgoing: there, port },
    { incoming: there, outgoing: back, port: otherPort },
  ]
}

/** Opens an end, once, in the thread that it was sent to. The wire does not keep the thread alive. */
export function openThreadWire(
  end: ThreadWireEnd,
  clock: Clock,
  options: ThreadWireOptions = {},
): ThreadWire {
  return new ThreadWire(end, end.port, clock, options)
}
