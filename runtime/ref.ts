// A local ref: the handle on a path, with the cell that lives there remembered.
import { Ask, timeoutOf } from './ask.ts'
import { busy, closed, ended, halting } from './cell.ts'
import { contextMessage, outsideOfActors } from './context.ts'
import { kill, requestStop } from './ending.ts'
import { Envelope } from './envelope.ts'
import { Fault } from './fault.ts'
import { NEVER_EXISTED } from './exit.ts'
import { makeOffer } from './offer.ts'
import { freezeDeep } from './payload.ts'
import { deathFault, deliver, deliverToNobody } from './router.ts'
import { lastExit, observe } from './watches.ts'
import type { DeadlineOptions, Ref } from './actor.ts'
import type { Cell, Host } from './cell.ts'
import type { Exit } from './exit.ts'

/** Steps of a call chain that are looked at; a longer chain is a fault of its own. */
export const askChainMax = 100

/** Finds the cell again by its path when the one it knows has gone: a successor of the same name is the same actor to its callers. */
export class LocalRef implements Ref {
  readonly #host: Host
  #path: string | undefined
  #cell: Cell | undefined

  constructor(host: Host, cell: Cell | undefined, path?: string) {
    this.#host = host
    this.#cell = cell
    this.#path = path
  }

  get path(): string {
    this.#path ??= this.#cell?.path ?? ''
    return this.#path
  }

  /** The cell that lives at the path now. */
  get cell(): Cell | undefined {
    const cell = this.#cell
    if (cell !== undefined && (cell.flags & ended) === 0) return cell
    const successor = this.#host.registry.get(this.path)
    if (successor !== undefined) this.#cell = successor
    return successor
  }

  /** The same, or the last one that lived there. */
  get cellOrLast(): Cell | undefined {
    return this.cell ?? this.#cell
  }

  tell(name: string, payload?: unknown): void {
    const host = this.#host
    if (host.isStrict) checkPayload(host, `tell "${this.path}" "${name}"`, payload)
    const sender = (host.current ?? contextMessage())?.to
    const { cell } = this
    if (cell === undefined) deliverToNobody(host, new Envelope(this, name, payload, sender, undefined))
    else deliver(cell, new Envelope(cell, name, payload, sender, undefined))
  }

  ask(name: string, payload?: unknown, options?: DeadlineOptions): Promise<never> {
    const host = this.#host
    const cause = host.current ?? contextMessage()
    const { cell } = this
    let ask: Ask
    try {
      const timeoutMs = timeoutOf(options)
      if (host.isStrict) checkPayload(host, `ask "${this.path}" for "${name}"`, payload)
      if (cause !== undefined && cell !== undefined) checkChain(cell, name, cause)
      ask = new Ask({ to: cell ?? this, name, cause }, host.timers, host.asks)
      ask.expireAt(host.clock.now(), timeoutMs)
    } catch (fault) {
      return rejected(fault)
    }
    if (cell === undefined) deliverToNobody(host, new Envelope(this, name, payload, cause?.to, ask))
    else deliver(cell, new Envelope(cell, name, payload, cause?.to, ask))
    // The definition's types, which the caller's ref carries, say what the reply is.
    return ask.promise as Promise<never>
  }

  async offer(name: string, payload?: unknown, options?: DeadlineOptions): Promise<void> {
    const host = this.#host
    const timeoutMs = timeoutOf(options)
    if (host.isStrict) checkPayload(host, `offer "${this.path}" "${name}"`, payload)
    const sender = (host.current ?? contextMessage())?.to
    const { cell } = this
    if (cell === undefined) throw deathFault({ to: this, name }, 'actor-unknown')
    if ((cell.flags & closed) !== 0) throw deathFault({ to: this, name }, 'actor-stopped')
    await makeOffer(cell, new Envelope(cell, name, payload, sender, undefined), timeoutMs)
  }

  watch(observer: (exit: Exit) => void): () => void {
    const token = {}
    const { clock } = this.#host
    let isWatching = true
    // Observers run outside of all actors: what they throw is the program's, not an actor's.
    const hear = (exit: Exit): void => {
      clock.soon(
        outsideOfActors(() => {
          if (isWatching) observer(exit)
        }),
      )
    }
    const { cell } = this
    if (cell !== undefined) observe(cell, token, hear)
    else hear(this.#cell === undefined ? NEVER_EXISTED : lastExit(this.#cell))
    return () => {
      isWatching = false
      cell?.rareIfAny?.watchers?.delete(token)
    }
  }

  stop(): void {
    const { cell } = this
    if (cell !== undefined) requestStop(cell)
  }

  kill(): void {
    const { cell } = this
    if (cell !== undefined) kill(cell)
  }

  equals(other: { readonly path: string }): boolean {
    return other.path === this.path
  }

  toString(): string {
    return this.path
  }

  toJSON(): { ref: string } {
    return { ref: this.path }
  }

  /** Shown by `console.log`. */
  get [Symbol.toStringTag](): string {
    return this.path
  }
}

/** The ref of a cell; made when first asked for. */
export function refOf(cell: Cell): LocalRef {
  const ref = cell.ref instanceof LocalRef ? cell.ref : new LocalRef(cell.host, cell)
  cell.ref = ref
  return ref
}

/** Narrows what a caller gave as a ref. @throws {Fault} `ref-invalid` */
export function localRef(value: unknown): LocalRef {
  if (value instanceof LocalRef) return value
  throw new Fault('ref-invalid', `Cannot use a ${typeof value} as a ref: it was not given out by a node`, {
    hint: 'Pass what spawn returned or find found.',
  })
}

/** Whether a value is a ref of this package. */
export function isRef(value: unknown): value is LocalRef {
  return value instanceof LocalRef
}

/** An ask that failed before it was sent. */
async function rejected(fault: unknown): Promise<never> {
  throw fault
}

/** In strict mode a payload must survive the codec, and is frozen from here on. */
export function checkPayload(host: Host, attempt: string, payload: unknown): void {
  const flaw = host.flawOf(payload)
  if (flaw !== undefined) {
    throw new Fault('payload-unencodable', `Cannot ${attempt}: ${flaw.path} is ${flaw.what}`, {
      hint: 'Send plain data, Map, Set, Date, bytes, refs or Faults; functions and class instances stay at home.',
    })
  }
  freezeDeep(payload, isRef)
}

/** Whether the asked actor waits, through the asks that led here, for the asking one. */
function checkChain(cell: Cell, name: string, cause: Envelope): void {
  const chain: string[] = []
  let step: Envelope | undefined = cause
  while (step !== undefined && step.origin !== undefined && chain.length < askChainMax) {
    if (waitsIn(cell, step)) break
    chain.push(step.to.path)
    step = step.origin.cause
  }
  if (step === undefined || (!waitsIn(cell, step) && chain.length < askChainMax)) return
  const road = [...chain, cell.path].toReversed().join('" → "')
  throw new Fault(
    'ask-cycle',
    waitsIn(cell, step)
      ? `Cannot ask "${cell.path}" for "${name}": it waits for this reply itself, along "${road}" → "${cell.path}"`
      : `Cannot ask "${cell.path}" for "${name}": ${chain.length} actors wait for each other already, ${askChainMax} may`,
    { hint: 'Answer with a tell, or ask before the first actor waits.' },
  )
}

function waitsIn(cell: Cell, step: Envelope): boolean {
  if (step.to !== cell || (cell.flags & (halting | ended)) !== 0) return false
  return cell.host.current === step || ((cell.flags & busy) !== 0 && cell.current === step)
}
