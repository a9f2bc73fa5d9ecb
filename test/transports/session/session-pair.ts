// A pair of sessions: two nodes of a memory network with a line between them, for tests.
import { seededRandom } from '../../../runtime/random.ts'
import { MemoryNetwork } from '../../../transports/memory/memory-network.ts'
import { Line } from '../../../transports/session/line.ts'
import { Reception } from '../../../transports/session/reception.ts'
import { Session } from '../../../transports/session/session.ts'
import { SlabPool } from '../../../transports/session/slab-pool.ts'
import type { Clock } from '../../../runtime/clock.ts'
import type { MemoryNode } from '../../../transports/memory/memory-network-node.ts'
import type { MemoryNetworkOptions } from '../../../transports/memory/memory-network.ts'
import type { LineOptions } from '../../../transports/session/line.ts'
import type { SessionOptions } from '../../../transports/session/session-options.ts'

export interface PairOptions extends Partial<Omit<MemoryNetworkOptions, 'clock'>> {
  readonly clock: Clock
  readonly line?: Partial<LineOptions>
  readonly session?: Partial<SessionOptions>
  /** Whether both sides dial; else only the one with the lower id. */
  readonly bothDial?: boolean
}

export interface Side {
  readonly node: MemoryNode
  readonly session: Session
  readonly line: Line
  readonly reception: Reception
}

export interface Pair {
  readonly network: MemoryNetwork
  readonly near: Side
  readonly far: Side
}

export function sessionPair(options: PairOptions): Pair {
  const { clock, bothDial = true } = options
  const random = options.random ?? seededRandom(1)
  const network = new MemoryNetwork({ ...options, random })
  const make = (self: string, peer: string, dials: boolean): Side => {
    const node = network.node(self)
    const session = new Session({
      clock,
      random: random.fork(`session ${self}`),
      pool: new SlabPool(),
      id: 'a-b',
      self,
      peer,
      ...options.session,
    })
    const line = new Line({
      clock,
      random: random.fork(`line ${self}`),
      transport: node,
      session,
      purpose: 'main',
      headStartMs: 0,
      target: () => (dials ? { peer, addresses: [`memory/${peer}`] } : undefined),
      ...options.line,
    })
    const reception = new Reception({ clock, welcome: () => line })
    void node.listen({ opened: (stream) => reception.accept(stream), readdressed: () => undefined })
    return { node, session, line, reception }
  }
  const near = make('a', 'b', true)
  const far = make('b', 'a', bothDial)
  near.line.start()
  far.line.start()
  return { network, near, far }
}
