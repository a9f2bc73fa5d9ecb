// The company of a node: who it looks for, meets and speaks with, and where each word that comes belongs.
import { DirectWays } from './direct-ways.ts'
import { Fault } from '../../runtime/fault.ts'
import { joinMsMax } from './membership.ts'
import { Peers } from './peers.ts'
import { Seeker } from './seeker.ts'
import { seatOf } from './seat.ts'
import { SilentLines } from './silent-lines.ts'
import type { Agreement } from './agreement.ts'
import type { ClusterParts } from './cluster-parts.ts'
import type { DialTarget } from '../../runtime/transport.ts'
import type { Line } from '../../transports/session/line.ts'
import type { GroupDesk } from './group-desk.ts'
import type { PeerTalk } from './peer-talk.ts'
import type { Vigil } from './vigil.ts'
import type { WordKind } from './peer-wire.ts'

/** Nodes found on the same network that are tried while this one knows nobody else. */
export const foundMax = 64

export interface CompanyParts extends Pick<
  ClusterParts,
  'clock' | 'random' | 'transport' | 'cluster' | 'name' | 'guest' | 'book' | 'seeds'
> {
  readonly agreement: Agreement
  uid(): string
  /** This node's number as a member; 0 while it is none. */
  member(): number
  vigil(): Vigil | undefined
  groups(): GroupDesk
  readdressed(): void
}

export class Company {
  readonly peers: Peers
  readonly #parts: CompanyParts
  readonly #seeker: Seeker
  readonly #directWays: DirectWays
  readonly #silentLines: SilentLines
  #met: () => void = () => undefined
  readonly #found: DialTarget[] = []

  constructor(parts: CompanyParts) {
    this.#parts = parts
    const { clock, random } = parts
    this.#directWays = new DirectWays({ ...parts, random: random.fork('direct ways') })
    this.peers = this.#makePeers(parts)
    this.#silentLines = new SilentLines({ clock, silent: () => this.#silent() })
    this.#seeker = new Seeker({
      clock,
      random: random.fork('seeker'),
      targets: () => this.#soughtAfter(),
      meet: (target) => this.peers.meet(target),
    })
  }

  /** Begins to take in who calls, and to look for others. */
  async open(): Promise<void> {
    await this.peers.open()
    this.#seeker.start()
    this.#silentLines.start()
  }

  /** A node was found on the same network. */
  found(target: DialTarget): void {
    const isKnown = this.#found.some(({ peer }) => peer === target.peer)
    if (!isKnown && this.#found.length < foundMax) this.#found.push(target)
  }

  /** Resolves once another node was met. @throws {Fault} `cluster-unreachable` nobody was, for as long as a node may try to join */
  met(): Promise<void> {
    const { clock, name } = this.#parts
    return new Promise((resolve, reject) => {
      const late = clock.alarm(clock.now() + joinMsMax, () => reject(nobodyMet(name, this.#seeker.failures)))
      this.#met = () => {
        late.cancel()
        resolve()
      }
    })
  }

  /** Looks for nobody any more; whom it speaks with it goes on speaking with until `close`. */
  rest(): void {
    this.#seeker.close()
  }

  close(): Promise<void> {
    this.#silentLines.close()
    this.#directWays.close()
    return this.peers.close()
  }

  /** This node has another certificate: no connection is to be older than it. What is under way goes on where the session goes. */
  recertified(): void {
    for (const { line, bulkLine } of this.peers.talks) {
      for (const one of [line, bulkLine]) if (one.isAttached) one.renew()
    }
  }

  #makePeers({ clock, random, transport, cluster, name, guest, uid, agreement }: CompanyParts): Peers {
    return new Peers({
      clock,
      random: random.fork('peers'),
      transport,
      card: () => ({ uid: uid(), name, cluster }),
      admits: (peer) => !agreement.facts.isRevoked(peer),
      met: () => this.#met(),
      ...(guest === undefined ? {} : { guest }),
      readdressed: () => this.#parts.readdressed(),
      events: {
        word: (talk, kind, bytes) => this.#word(talk, kind, bytes),
        attached: (talk, stream) => {
          this.#met()
          this.#directWays.attached(talk.line, stream)
          this.#withNumber(talk, (number, vigil) => vigil.sentinel.connected(number))
        },
        detached: ({ line }) => this.#directWays.forget(line),
        missed: (talk, why) => {
          // A better stream could not be had; the one that there is stands.
          if (talk.line.isAttached) return
          const how = isRefused(why) ? 'refused' : 'unreachable'
          this.#withNumber(talk, (number, vigil) => vigil.sentinel.redialFailed(number, how))
        },
        ended: () => undefined,
        distrusted: (_talk, reason) => this.peers.count(reason),
        whenApplied: (index, run) => agreement.applied.when(index, run),
      },
    })
  }

  /** Nodes that are known and not spoken with: all of them while this one is no member, and while it hears no leader. */
  #soughtAfter(): DialTarget[] {
    const { agreement, book, seeds, transport } = this.#parts
    const isLost = this.#parts.member() === 0 || !agreement.isOpen || agreement.council.leader === undefined
    if (!isLost) return []
    const talks = [...this.peers.talks].filter((talk) => talk.line.isAttached)
    const attached = new Set(talks.map(({ peer }) => peer))
    const known = book.entries.filter(({ peer }) => peer !== transport.peer && !attached.has(peer))
    // A seed says only where somebody is; who is known by name is looked for by name.
    return attached.size > 0 ? known : [...known, ...seeds, ...this.#found]
  }

  #silent(): Line[] {
    const suspected = new Set(this.#parts.vigil()?.sentinel.opinions.map(({ member }) => member))
    if (suspected.size === 0) return []
    const talks = [...this.peers.talks].filter((talk) => suspected.has(this.#numberOf(talk) ?? 0))
    return talks.map(({ line }) => line).filter(({ isAttached }) => isAttached)
  }

  #word(talk: PeerTalk, kind: WordKind, bytes: Uint8Array): void {
    const { agreement } = this.#parts
    if (kind === 'council') {
      if (agreement.isOpen) agreement.council.receive(seatOf(talk.peer), bytes)
      return
    }
    const from = this.#numberOf(talk)
    if (from === undefined) this.peers.count('member-unknown')
    else if (kind === 'failure') this.#parts.vigil()?.take(from, bytes)
    else this.#parts.groups().receive(from, bytes)
  }

  #withNumber(talk: PeerTalk, run: (number: number, vigil: Vigil) => void): void {
    const number = this.#numberOf(talk)
    const vigil = this.#parts.vigil()
    if (number !== undefined && vigil !== undefined) run(number, vigil)
  }

  #numberOf({ peer, uid }: PeerTalk): number | undefined {
    const member = this.#parts.agreement.facts.memberByPeer(peer)
    return member?.uid === uid ? member.number : undefined
  }
}

function nobodyMet(name: string, failures: ReadonlyMap<string, unknown>): Fault {
  const tried = failures.size === 0 ? 'it knows no address' : `${failures.size} addresses were tried`
  const [cause] = failures.values()
  return new Fault(
    'cluster-unreachable',
    `Cannot join the cluster as "${name}": no node was met within ${joinMsMax / 1_000} s, ${tried}`,
    {
      hint: 'Give the address of a node that runs as a seed, or join with a token.',
      ...(cause === undefined ? {} : { cause }),
    },
  )
}

/** Its own address refused the connection: nobody listens there any more. */
function isRefused({ details }: Fault): boolean {
  return (Object(details) as { readonly isRefused?: unknown }).isRefused === true
}
