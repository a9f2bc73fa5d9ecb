// A node's desk: what other nodes may ask of this one and tell it, besides messages for its actors. All that comes in is looked at first.
import { Fault } from '../../runtime/fault.ts'
import { isTrusted } from '../../actors/cluster/state/member.ts'
import type { FaultRecord } from '../../runtime/fault.ts'
import type { ChildOptions } from '../../runtime/supervision.ts'
import type { Exit } from '../../runtime/exit.ts'
import type { Link } from '../../transports/link/link.ts'
import type { Desk } from '../../transports/link/arrivals.ts'
import type { OnLoss } from '../../actors/cluster/state/home.ts'
import type { Member } from '../../actors/cluster/state/member.ts'
import type { HeadOffice } from '../threads/head-office.ts'
import type { VerbOrder } from '../verbs/verb-order.ts'

/** A root that another node wants here. */
export interface SpawnWish {
  readonly definition: string
  readonly version: number
  readonly name: string | undefined
  readonly args: readonly unknown[]
  readonly options: ChildOptions
  readonly onLoss: OnLoss
  readonly isSingleton?: boolean | undefined
}

export interface NodeDeskParts {
  readonly office: HeadOffice
  /** The member on the other side of a link. */
  member(node: number): Member | undefined
  /** Starts a root here. @returns its path @throws {Fault} those of a spawn */
  spawn(wish: SpawnWish): Promise<string>
  /** Whether a node may say that an actor has ended: one that lives there, or of whom nobody knows where. */
  mayTell(node: number, path: string): boolean
  /** Runs an operator's verb on this node. @returns JSON text */
  verb(order: VerbOrder, member: number): Promise<string>
  /** What was asked or told that is unknown, malformed or not allowed. */
  refused(node: number, verb: string): void
}

export class NodeDesk implements Desk {
  readonly #parts: NodeDeskParts

  constructor(parts: NodeDeskParts) {
    this.#parts = parts
  }

  call(link: Link, verb: string, input: unknown): unknown {
    if (verb === 'ping') return null
    const { spawn, verb: run } = this.#parts
    if (verb === 'spawn') return spawn(this.#checked(link, verb, spawnWishOf(input)))
    if (verb === 'verb') {
      this.#checkTrust(link, verb)
      return run(this.#checked(link, verb, verbOrderOf(input)), -link.thread)
    }
    this.#parts.refused(link.thread, verb)
    throw new Fault('call-unknown', 'Cannot do what another node asks: it is no order that this node knows', {
      hint: 'Run the same version on all nodes of the cluster.',
    })
  }

  control(link: Link, verb: string, input: unknown): void {
    if (!this.#take(link.thread, verb, input)) this.#parts.refused(link.thread, verb)
  }

  #take(node: number, verb: string, input: unknown): boolean {
    const { office, mayTell } = this.#parts
    const { watcher, path, exit: how } = Object(input) as Record<string, unknown>
    const exit = exitOf(how)
    switch (verb) {
      case 'observe':
        if (typeof input === 'string') office.watchFor(node, input)
        return typeof input === 'string'
      case 'unobserve':
        if (typeof input === 'string') office.unwatch(input, { thread: node, id: 0 })
        return typeof input === 'string'
      case 'ended':
        if (typeof path !== 'string' || exit === undefined) return false
        office.reported(node, path, exit)
        return true
      case 'tell-end':
        if (typeof watcher !== 'string' || typeof path !== 'string' || exit === undefined) return false
        if (!mayTell(node, path)) return false
        office.tellEnd(watcher, path, exit)
        return true
      default:
        return false
    }
  }

  #checked<T>(link: Link, verb: string, input: T | undefined): T {
    if (input !== undefined) return input
    this.#parts.refused(link.thread, verb)
    throw new Fault('call-invalid', `Cannot do "${verb}" for another node: what it sent is malformed`, {
      hint: 'Run the same version on all nodes of the cluster.',
    })
  }

  /** A developer's machine and a relay send messages; they operate nobody else's node. */
  #checkTrust(link: Link, verb: string): void {
    const member = this.#parts.member(link.thread)
    if (member !== undefined && isTrusted(member)) return
    this.#parts.refused(link.thread, verb)
    throw new Fault(
      'call-forbidden',
      `Cannot do "${verb}" for another node: it is of the kind "${member?.kind ?? 'unknown'}"`,
      { hint: 'Use the console of an initial or trusted node.' },
    )
  }
}

const causes: ReadonlySet<unknown> = new Set<Exit['cause']>([
  'stopped',
  'failed',
  'killed',
  'node-lost',
  'never-existed',
  'superseded',
])

/** A copy with what belongs to an exit, and undefined for what is none: watchers believe its shape. */
function exitOf(value: unknown): Exit | undefined {
  const { cause, fault } = Object(value) as Record<string, unknown>
  if (!isCause(cause)) return undefined
  if (fault === undefined || fault === null) return cause === 'failed' ? undefined : { cause }
  const { code, message, hint } = Object(fault) as Record<string, unknown>
  const isFault = [code, message, hint].every((one) => typeof one === 'string')
  // `Fault.from` looks at the rest, and takes what is none for nothing.
  return isFault ? { cause, fault: Fault.from(fault as FaultRecord).toJSON() } : undefined
}

function isCause(value: unknown): value is Exit['cause'] {
  return causes.has(value)
}

function spawnWishOf(input: unknown): SpawnWish | undefined {
  const { definition, version, name, args, options, onLoss, isSingleton } = Object(input) as Record<
    string,
    unknown
  >
  if (typeof definition !== 'string' || typeof version !== 'number' || !Array.isArray(args)) return undefined
  if ((name ?? undefined) !== undefined && typeof name !== 'string') return undefined
  if (typeof options !== 'object' || options === null) return undefined
  if (onLoss !== 'rehome' && onLoss !== 'wait' && onLoss !== 'stop') return undefined
  // What is in them is looked at where they are read.
  const own = typeof name === 'string' ? name : undefined
  return { definition, version, name: own, args, options, onLoss, isSingleton: isSingleton === true }
}

const acts: ReadonlySet<unknown> = new Set<VerbOrder['act']>(['run', 'open', 'next', 'cancel'])

function verbOrderOf(input: unknown): VerbOrder | undefined {
  const { act, id, name } = Object(input) as Record<string, unknown>
  if (!acts.has(act) || typeof id !== 'number') return undefined
  if ((act === 'run' || act === 'open') && typeof name !== 'string') return undefined
  // The rest is the verb's to look at, as it looks at what a console sends.
  return input as VerbOrder
}
