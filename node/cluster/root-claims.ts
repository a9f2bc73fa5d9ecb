// The claims of a node's roots: how they get their names in the cluster, give them back, and come here when their own node was lost.
import { Fault } from '../../runtime/fault.ts'
import { orderFrom, specOf } from './spec.ts'
import { refAt } from '../../runtime/ref.ts'
import { Registrar } from './registrar.ts'
import { Takeovers } from './takeovers.ts'
import { threadEpochs } from '../threads/beyond.ts'
import type { Agreement } from './agreement.ts'
import type { Claim } from '../../actors/cluster/state/command.ts'
import type { ClusterParts } from './cluster-parts.ts'
import type { Home } from '../../actors/cluster/state/home.ts'
import type { SpawnOrder } from '../threads/spawn-order.ts'

/** Claims without an answer that are remembered; the council decides them within seconds, or never. */
export const claimsGivenUpMax = 10_000

export interface RootClaimParts extends Pick<ClusterParts, 'clock' | 'random' | 'runtime' | 'fleet'> {
  readonly agreement: Agreement
  /** This node's number as a member; 0 while it is none. */
  member(): number
  /** Whether names are kept although their actors end. */
  isLeaving(): boolean
}

export class RootClaims {
  readonly takeovers: Takeovers
  readonly #registrar: Registrar
  readonly #parts: RootClaimParts
  /** The tickets of claims that may still be decided, and that nobody waits for. */
  readonly #given = new Set<number>()

  constructor(parts: RootClaimParts) {
    this.#parts = parts
    const { clock, fleet, member, agreement } = parts
    this.#registrar = new Registrar({
      clock,
      member,
      propose: (command) => agreement.proposals.propose(command),
    })
    this.takeovers = new Takeovers({
      clock,
      member,
      home: (top) => agreement.facts.home(top),
      start: (home) => fleet.takeOver(this.#orderOf(home)),
      settled: ({ top, epoch }) => this.#registrar.settle({ top, epoch }),
      failed: (home, fault) => this.#takeoverFailed(home, fault),
    })
  }

  /**
   * Makes a name this node's.
   * @returns the epoch of its home, as threads count
   * @throws {Fault} those of `Registrar.claim` · `node-expelled` this node was removed meanwhile: whoever has the name now is another
   */
  async claim(order: Omit<SpawnOrder, 'epoch'>): Promise<number> {
    const { random, member } = this.#parts
    const own = member()
    const ticket = random.integer(2 ** 48)
    const epoch = await this.#claim({
      top: order.path,
      onLoss: order.onLoss ?? 'rehome',
      definition: `${order.definition}@${order.version}`,
      spec: specOf(order),
      isSingleton: order.isSingleton === true,
      ticket,
    })
    if (member() !== own) {
      this.#disown({ top: order.path, ticket, epoch })
      throw expelled(order.path)
    }
    return epoch * threadEpochs
  }

  /** A name has become this node's: is it one that nobody here waits for any more? */
  claimed({ top, epoch, ticket }: Home): void {
    if (this.#given.delete(ticket)) this.#registrar.release({ top, epoch })
  }

  /** Whoever claimed may have been told that nobody knows what became of it: then nobody starts the root, and the name has to become free. */
  async #claim(claim: Claim): Promise<number> {
    try {
      return await this.#registrar.claim(claim)
    } catch (fault) {
      if (Fault.is(fault) && fault.outcome === 'unknown') this.#giveUp(claim)
      throw fault
    }
  }

  /** The name may be this node's by the number that it has now; nobody starts the root, so it has to become free. */
  #disown({ top, ticket, epoch }: Pick<Home, 'top' | 'ticket' | 'epoch'>): void {
    const home = this.#parts.agreement.facts.home(top)
    if (home === undefined || home.epoch < epoch) this.#remember(ticket)
    else if (home.epoch === epoch && home.member === this.#parts.member())
      this.#registrar.release({ top, epoch })
  }

  #giveUp({ top, ticket }: Claim): void {
    const home = this.#parts.agreement.facts.home(top)
    if (home?.ticket === ticket) this.#registrar.release({ top, epoch: home.epoch })
    else this.#remember(ticket)
  }

  #remember(ticket: number): void {
    this.#given.add(ticket)
    const [oldest] = this.#given
    if (this.#given.size > claimsGivenUpMax && oldest !== undefined) this.#given.delete(oldest)
  }

  release(top: string, epoch: number): void {
    if (!this.#parts.isLeaving()) this.#registrar.release({ top, epoch })
  }

  close(): void {
    this.takeovers.close()
    this.#registrar.close()
  }

  #orderOf(home: Home): SpawnOrder {
    const { host } = this.#parts.runtime
    return orderFrom(home, home.epoch * threadEpochs, (path) => refAt(host, path))
  }

  #takeoverFailed({ top, epoch }: Home, fault: Fault): void {
    this.#parts.runtime.host.events.emit('failed', { path: top }, fault)
    this.#registrar.release({ top, epoch })
  }
}

function expelled(top: string): Fault {
  return new Fault(
    'node-expelled',
    `Cannot spawn "${top}": this node was removed from its cluster while it claimed the name`,
    {
      hint: 'Look with "homes" who has the name now; spawn it again once the node is up.',
      outcome: 'unknown',
    },
  )
}
