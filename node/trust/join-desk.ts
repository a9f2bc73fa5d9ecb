// The join desk: where a cluster's authority answers nodes that ask for a certificate, counts them, and refuses with a reason.
import { Fault } from '../../runtime/fault.ts'
import { readCertificate } from '../../transports/libp2p/identity/certificate-reader.ts'
import { verifyLeaf } from '../../transports/libp2p/identity/verify-peer.ts'
import { writeJoinAnswer } from './join-answer.ts'
import { readJoinRequest } from './join-request.ts'
import { TryGate } from './try-gate.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { PeerId } from '../../runtime/transport.ts'
import type { Authority } from './authority.ts'
import type { JoinAnswer } from './join-answer.ts'
import type { ShownRequest } from './join-request.ts'
import type { TokenShelf } from './token-shelf.ts'

/** Requests that are worked on at once. */
export const joinsAtOnceMax = 64
/** How long after its end a certificate still gets its node a new one. */
export const returnMsMax: number = 604_800_000

export interface JoinDeskOptions {
  readonly clock: Clock
  readonly tokens: TokenShelf
  /** As it is now. */
  readonly authority: () => Authority
  /** See CredentialSource. */
  readonly admits: (peer: PeerId, serial: string) => boolean
}

/** Who asks, as far as the channel knows. */
export interface Caller {
  /** Where from, without the port: tries are counted by it. */
  readonly source: string
  /** See writeJoinRequest. */
  readonly binding: Uint8Array
  /** On a channel between members: who is at the other end. */
  readonly peer?: PeerId | undefined
}

/** Transport-agnostic: bytes in, bytes out. */
export class JoinDesk {
  readonly #options: JoinDeskOptions
  readonly #gate: TryGate
  readonly #counts = new Map<string, number>()
  #underWay = 0

  constructor(options: JoinDeskOptions) {
    this.#options = options
    this.#gate = new TryGate(options.clock)
  }

  /** How many were `joined`, `renewed`, and refused by the codes of the faults. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts
  }

  /** Answers a request. Never throws; what the caller may not know is in `onTrouble` alone. */
  async answer(request: Uint8Array, caller: Caller, onTrouble?: (fault: Fault) => void): Promise<Uint8Array> {
    if (this.#gate.isCrowded(caller.source)) return this.#refuse(crowded(caller.source))
    if (this.#underWay >= joinsAtOnceMax) return this.#refuse(busy())
    this.#underWay++
    try {
      const shown = readJoinRequest(request, caller.binding)
      const answer = await this.#grant(shown, caller)
      this.#count(shown.right.kind === 'token' ? 'joined' : 'renewed')
      return writeJoinAnswer(answer)
    } catch (error) {
      const fault = Fault.wrap(error, 'join-failed', 'Cannot answer a request for a certificate')
      onTrouble?.(fault)
      return this.#refuse(fault)
    } finally {
      this.#underWay--
    }
  }

  async #grant(shown: ShownRequest, caller: Caller): Promise<JoinAnswer> {
    const { clock, tokens } = this.#options
    const authority = this.#options.authority()
    if (shown.cluster !== authority.cluster) throw otherCluster(shown.cluster, authority.cluster)
    if (caller.peer !== undefined && caller.peer !== shown.peer) throw forAnother(caller.peer, shown.peer)
    if (!this.#options.admits(shown.peer, '')) throw revoked(shown.peer)
    const nowMs = clock.wall()
    if (shown.right.kind === 'renewal') this.#checkFormer(shown.right.certificate, shown.peer, nowMs)
    // Safe on the disk before the certificate exists: a crash may cost the answer, but never gives the token to two.
    else await tokens.spend(shown.right.token, shown.peer, nowMs)
    return { kind: 'granted', certificate: authority.issue(shown, nowMs), roots: authority.roots }
  }

  /** The former certificate must be of this node and of an authority that is believed; it may have ended a while ago. */
  #checkFormer(certificate: Uint8Array, peer: PeerId, nowMs: number): void {
    const { cluster, roots } = this.#options.authority()
    const { endsMs } = readCertificate(certificate)
    const atMs = nowMs >= endsMs && nowMs < endsMs + returnMsMax ? endsMs - 1 : nowMs
    verifyLeaf(certificate, { cluster, expected: peer, roots, nowMs: atMs, admits: this.#options.admits })
  }

  #refuse(fault: Fault): Uint8Array {
    this.#count(fault.code)
    const isOurs =
      fault.code === 'disk-failed' || fault.code === 'trust-damaged' || fault.code === 'key-exposed'
    const { code, message, hint } = isOurs || fault.code === 'join-failed' ? ownTrouble() : fault
    return writeJoinAnswer({ kind: 'refused', code, message, hint })
  }

  /** Codes come from the sources alone: there are few. */
  #count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1)
  }
}

/** Paths and causes are nobody's business who is not a member. */
function ownTrouble(): Fault {
  return new Fault(
    'join-failed',
    'Cannot answer a request for a certificate: the node cannot use its trust folder',
    {
      hint: 'Look at the log of the node that has answered, and ask again.',
    },
  )
}

function crowded(source: string): Fault {
  return new Fault(
    'join-crowded',
    `Cannot answer a request for a certificate: too many have come from ${source}`,
    {
      hint: 'Wait a minute, and look which machine asks in a loop.',
    },
  )
}

function busy(): Fault {
  return new Fault(
    'join-crowded',
    `Cannot answer a request for a certificate: ${joinsAtOnceMax} are under way`,
    {
      hint: 'Ask again in a second.',
    },
  )
}

function otherCluster(found: string, own: string): Fault {
  return new Fault('cluster-foreign', `Cannot give a certificate for cluster ${found}: this is ${own}`, {
    hint: 'Check the addresses in the token, and make a new one on a node of that cluster.',
  })
}

function forAnother(peer: PeerId, wanted: PeerId): Fault {
  return new Fault(
    'renewal-foreign',
    `Cannot give ${peer} a certificate for ${wanted}: a node asks for itself only`,
    {
      hint: 'Look at what runs on the node that has asked.',
      details: { peer, wanted },
    },
  )
}

function revoked(peer: PeerId): Fault {
  return new Fault('peer-revoked', `Cannot give ${peer} a certificate: it is revoked`, {
    hint: 'Let the machine join as a new node, with a new identity key and a new token, if it is trusted again.',
    details: { peer },
  })
}
