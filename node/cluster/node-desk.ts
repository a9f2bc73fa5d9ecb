// A node's desk: what other nodes may ask of this one and tell it, besides messages for its actors. All that comes in is looked at first.
import { Fault } from '../../runtime/fault.ts'
import { isTrusted } from '../../actors/cluster/state/member.ts'
import type { Exit } from '../../runtime/exit.ts'
import type { Link } from '../../transports/link/link.ts'
import type { Desk } from '../../transports/link/arrivals.ts'
import type { Member } from '../../actors/cluster/state/member.ts'
import type { HeadOffice } from '../threads/head-office.ts'
import type { VerbOrder } from '../verbs/verb-order.ts'

/** A root that another node wants here. */
export interface SpawnWish {
  readonly definition: string
  readonly version: number
  readonly name: string | undefined
  readonly args: readonly unknown[]
  readonly options: object
}

export interface NodeDeskParts {
  readonly office: HeadOffice
  /** The member on the other side of a link. */
  member(node: number): Member | undefined
  /** Starts a root here. @returns its path @throws {Fault} those of a spawn */
  spawn(wish: SpawnWish): Promise<string>
  /** Runs an operator's verb on this node. @returns JSON text */
  verb(order: VerbOrder): Promise<string>
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
      return run(this.#checked(link, verb, verbOrderOf(input)))
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
    const { office } = this.#parts
    const { watcher, path, exit } = Object(input) as Record<string, unknown>
    switch (verb) {
      case 'observe':
        if (typeof input === 'string') office.watch(input, { thread: node, id: 0 })
        return typeof input === 'string'
      case 'unobserve':
        if (typeof input === 'string') office.unwatch(input, { thread: node, id: 0 })
        return typeof input === 'string'
      case 'ended':
        if (typeof path !== 'string' || !isExit(exit)) return false
        office.reported(node, path, exit)
        return true
      case 'tell-end':
        if (typeof watcher !== 'string' || typeof path !== 'string' || !isExit(exit)) return false
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

function isExit(value: unknown): value is Exit {
  return causes.has((Object(value) as { readonly cause?: unknown }).cause)
}

function spawnWishOf(input: unknown): SpawnWish | undefined {
  const { definition, version, name, args, options } = Object(input) as Record<string, unknown>
  if (typeof definition !== 'string' || typeof version !== 'number' || !Array.isArray(args)) return undefined
  if ((name ?? undefined) !== undefined && typeof name !== 'string') return undefined
  if (typeof options !== 'object' || options === null) return undefined
  return { definition, version, name: typeof name === 'string' ? name : undefined, args, options }
}

const acts: ReadonlySet<unknown> = new Set<VerbOrder['act']>(['run', 'open', 'next', 'cancel'])

function verbOrderOf(input: unknown): VerbOrder | undefined {
  const { act, id, name } = Object(input) as Record<string, unknown>
  if (!acts.has(act) || typeof id !== 'number') return undefined
  if ((act === 'run' || act === 'open') && typeof name !== 'string') return undefined
  // The rest is the verb's to look at, as it looks at what a console sends.
  return input as VerbOrder
}
