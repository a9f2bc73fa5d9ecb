// A ref: the handle on a path, with what is known of the one who lives there: the cell if it is here, the way to it if it is not.
import { Ask, timeoutOf } from './ask.ts'
import { awakened, deliverAsleep, offerAsleep } from './asleep.ts'
import { checkChain } from './ask-chain.ts'
import { Cell } from './cell.ts'
import { absent, closed, ended } from './cell-flags.ts'
import { contextMessage, outsideOfActors } from './context.ts'
import { kill, requestStop } from './ending.ts'
import { Envelope } from './envelope.ts'
import { Fault } from './fault.ts'
import { NEVER_EXISTED } from './exit.ts'
import { Far } from './far.ts'
import { makeOffer } from './offer.ts'
import { freezeDeep } from './payload.ts'
import { isKey, keyCharactersMax, onceName } from './durable/reserved.ts'
import { deathFault, deliver } from './router.ts'
import { lastExit, observe, remembered } from './watches.ts'
import type { AskOptions, DeadlineOptions, Ref, TellOptions } from './actor.ts'
import type { Host } from './cell.ts'
import type { Party } from './envelope.ts'
import type { Exit } from './exit.ts'

/** Finds the cell again by its path when the one it knows has gone: a successor of the same name is the same actor to its callers. */
export class LocalRef implements Ref {
  readonly #host: Host
  #cell: Cell | undefined
  #far: Far | undefined

  constructor(host: Host, cell: Cell | undefined, path?: string) {
    this.#host = host
    this.#cell = cell
    this.#far = path === undefined ? undefined : new Far(path)
  }

  get path(): string {
    return this.#far?.path ?? this.#cell?.path ?? ''
  }

  /** What stands for the actor where it is not here; made at first need, so that most refs stay small. */
  get far(): Far {
    this.#far ??= new Far(this.path)
    return this.#far
  }

  /** The cell that lives at the path now, if it lives here. */
  get cell(): Cell | undefined {
    const cell = this.#cell
    if (cell !== undefined && (cell.flags & absent) === 0) return cell
    const host = this.#host
    // Who has no name of its own has no successor either, but may come back from elsewhere; looking for it is dear.
    const successor =
      host.elsewhere === undefined ? host.registry.get(this.far.path) : host.cellAt(this.far.path)
    if (successor === undefined || (successor.flags & absent) !== 0) return undefined
    this.#cell = successor
    return successor
  }

  /** The same, or the last one that lived there. */
  get cellOrLast(): Cell | undefined {
    return this.cell ?? this.#cell
  }

  tell(name: string, payload?: unknown, options?: TellOptions): void {
    const host = this.#host
    if (host.isStrict) checkPayload(host, `tell "${this.path}" "${name}"`, payload)
    const sender = (host.current ?? contextMessage())?.to
    if (options?.reliable === true) {
      this.#tellReliably(name, payload, sender)
      return
    }
    const cell = this.#cell
    if (cell !== undefined && (cell.flags & absent) === 0)
      deliver(cell, new Envelope(cell, name, payload, sender, undefined))
    else this.#tellAway(name, payload, sender, options)
  }

  /** The same for a sender that is not in the middle of a message. Never throws. */
  tellFrom(sender: Cell, name: string, payload: unknown): void {
    const cell = this.#cellAtHand
    if (cell !== undefined) deliver(cell, new Envelope(cell, name, payload, sender, undefined))
    else this.#send(new Envelope(this.far, name, payload, partyOf(sender), undefined))
  }

  ask(name: string, payload?: unknown, options?: AskOptions): Promise<never> {
    const host = this.#host
    const cause = host.current ?? contextMessage()
    const cell = this.#cellAtHand
    let ask: Ask
    try {
      const timeoutMs = timeoutOf(options)
      if (host.isStrict) checkPayload(host, `ask "${this.path}" for "${name}"`, payload)
      if (options?.idempotencyKey !== undefined) return this.#askOnce(name, payload, options)
      if (cause !== undefined && cell !== undefined) checkChain(cell, name, cause)
      ask = new Ask({ to: cell ?? this.far, name, cause }, host.timers, host.asks)
      ask.expireAt(host.clock.now(), timeoutMs)
    } catch (fault) {
      return rejected(fault)
    }
    if (cell !== undefined) deliver(cell, new Envelope(cell, name, payload, cause?.to, ask))
    else this.#send(new Envelope(this.far, name, payload, partyOf(cause?.to), ask))
    // The definition's types, which the caller's ref carries, say what the reply is.
    return ask.promise as Promise<never>
  }

  async offer(name: string, payload?: unknown, options?: DeadlineOptions): Promise<void> {
    const host = this.#host
    const timeoutMs = timeoutOf(options)
    if (host.isStrict) checkPayload(host, `offer "${this.path}" "${name}"`, payload)
    const sender = (host.current ?? contextMessage())?.to
    const { cell } = this
    if (cell === undefined) {
      const envelope = new Envelope(this.far, name, payload, partyOf(sender), undefined)
      if (host.elsewhere === undefined) await offerAsleep(host, this.far, envelope, timeoutMs)
      else await host.elsewhere.offer(this.far, envelope, timeoutMs)
      return
    }
    if ((cell.flags & closed) !== 0) throw deathFault({ to: this, name }, 'actor-stopped')
    await makeOffer(cell, new Envelope(cell, name, payload, sender, undefined), timeoutMs)
  }

  watch(observer: (exit: Exit) => void): () => void {
    const token = {}
    const { clock, elsewhere } = this.#host
    let isWatching = true
    // Observers run outside of all actors: what they throw is the program's, not an actor's.
    const hear = (exit: Exit): void => {
      clock.soon(
        outsideOfActors(() => {
          if (isWatching) observer(exit)
        }),
      )
    }
    // Who is to tell of an end has to live.
    const cell = this.cell ?? awakened(this.#host, this.path)
    let end: (() => void) | undefined
    if (cell !== undefined) observe(cell, token, hear)
    else if (elsewhere !== undefined) {
      const last = this.#hasEndedHere && this.#cell !== undefined ? lastExit(this.#cell) : undefined
      // Who has ended here may have a successor elsewhere.
      end = elsewhere.watch(this.path, { hear: (exit) => hear(remembered(exit, last)) })
    } else hear(this.#cell === undefined ? NEVER_EXISTED : lastExit(this.#cell))
    return () => {
      isWatching = false
      end?.()
      cell?.rareIfAny?.watchers?.delete(token)
    }
  }

  stop(): void {
    const { cell } = this
    if (cell !== undefined) requestStop(cell)
    else this.#host.elsewhere?.stop(this.far)
  }

  kill(): void {
    const { cell } = this
    if (cell !== undefined) kill(cell)
    else this.#host.elsewhere?.kill(this.far)
  }

  /** The last one that was known lived here and has ended; it has not gone to live elsewhere. */
  get #hasEndedHere(): boolean {
    return this.#cell !== undefined && (this.#cell.flags & absent) === ended
  }

  /** @throws {Fault} `key-invalid` */
  #askOnce(name: string, payload: unknown, { idempotencyKey: key, ...options }: AskOptions): Promise<never> {
    if (!isKey(key)) {
      throw new Fault(
        'key-invalid',
        `Cannot ask "${this.path}" for "${name}": its idempotencyKey is not 1 to ${keyCharactersMax} printable ASCII characters`,
        { hint: 'Give a text that stands for this one attempt, such as the number of an order.' },
      )
    }
    return this.ask(onceName, { key, name, payload }, options)
  }

  /** The cell, unless there is a road to it: whoever has one lives there, and the registry need not be asked for each message. */
  get #cellAtHand(): Cell | undefined {
    return this.#far?.road === undefined ? this.cell : undefined
  }

  #tellAway(
    name: string,
    payload: unknown,
    sender: Party | undefined,
    options: TellOptions | undefined,
  ): void {
    const { elsewhere } = this.#host
    const { far } = this
    const cell = this.#cellAtHand
    if (cell !== undefined) deliver(cell, new Envelope(cell, name, payload, sender, undefined))
    else {
      const envelope = new Envelope(far, name, payload, partyOf(sender), undefined)
      if (elsewhere === undefined) deliverAsleep(this.#host, envelope)
      else elsewhere.tell(far, envelope, options?.transfer)
    }
  }

  /** @throws {Fault} `sender-volatile` and those of `LetterBox.send` */
  #tellReliably(name: string, payload: unknown, sender: Party | undefined): void {
    const durable = sender instanceof Cell ? sender.rareIfAny?.durable : undefined
    if (durable === undefined) {
      const who = sender === undefined ? 'nobody that is an actor' : `"${sender.path}", which is not durable`
      throw new Fault(
        'sender-volatile',
        `Cannot tell "${this.path}" "${name}" reliably: it comes from ${who}`,
        { hint: 'Send it in a handler of a durable actor, or ask with an idempotencyKey.' },
      )
    }
    durable.letters.send(this.path, name, payload)
  }

  #send(envelope: Envelope): void {
    const { elsewhere } = this.#host
    if (elsewhere === undefined) deliverAsleep(this.#host, envelope)
    else elsewhere.send(this.far, envelope)
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
  if (cell.ref instanceof LocalRef) return cell.ref
  const ref = new LocalRef(cell.host, cell)
  cell.ref = ref
  return ref
}

/** The ref of a path, whoever lives there and wherever. */
export function refAt(host: Host, path: string): LocalRef {
  const cell = host.registry.get(path)
  return cell === undefined ? new LocalRef(host, undefined, path) : refOf(cell)
}

/** A sender as those elsewhere may know it. */
export function partyOf(sender: Party | undefined): Party | undefined {
  return sender instanceof Cell ? refOf(sender).far : sender
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
