// Once: an ask that is handled once for its key; whoever asks again gets the reply that was kept.
import { drop } from '../router.ts'
import { Envelope } from '../envelope.ts'
import { Fault } from '../fault.ts'
import { onceIn } from './reserved.ts'
import type { Cell } from '../cell.ts'
import type { DurableLife } from './durable-life.ts'
import type { DutyOf, Origin, Outcome } from '../envelope.ts'

/** Bytes of a reply that is kept; of a larger one only that it was given. */
export const replyBytesMax = 16_384

/** What is kept of an answer: a fault that was thrown is told apart from one that was returned. */
type Kept = { readonly reply: unknown } | { readonly fault: Fault }

/** The message that the ask stands for, unless it was handled before. */
export function takeOnce(cell: Cell, outer: Envelope): Envelope | 'taken' | 'dropped' {
  const once = onceIn(outer.payload)
  const { origin } = outer
  if (once === undefined || origin?.isAsk !== true || cell.behaviour.find(once.name) === undefined) {
    drop(cell, outer, 'message-unknown')
    return 'dropped'
  }
  const durable = cell.rareIfAny?.durable
  if (durable === undefined) {
    origin.refuse(volatile(cell, once.name))
    return 'taken'
  }
  const kept = durable.duties.replies.get(once.key)
  if (kept !== undefined) {
    answer(origin, kept.reply as Kept | undefined, replyLost(cell, once.name, once.key))
    return 'taken'
  }
  const inner = new Once(cell, durable, { origin, key: once.key, name: once.name })
  return new Envelope(cell, once.name, once.payload, outer.from, inner)
}

function answer(origin: Origin, kept: Kept | undefined, lost: Fault): void {
  if (kept === undefined) origin.refuse(lost)
  else if ('fault' in kept) origin.refuse(kept.fault)
  else origin.settle(kept.reply)
}

interface OnceParts {
  readonly origin: Origin
  readonly key: string
  readonly name: string
}

class Once implements Origin, DutyOf {
  readonly isAsk = true
  /** The asker sends it again if he wants to. */
  readonly isSentAgain = false
  readonly isPoisoned = false
  readonly #cell: Cell
  readonly #durable: DurableLife
  readonly #parts: OnceParts
  readonly #life: number

  constructor(cell: Cell, durable: DurableLife, parts: OnceParts) {
    this.#cell = cell
    this.#durable = durable
    this.#parts = parts
    this.#life = cell.life
    this.stage()
    // Its end is written, whatever else is written before.
    durable.isHeld = true
  }

  get wanted(): boolean {
    return this.#parts.origin.wanted
  }

  get cause(): Envelope | undefined {
    return this.#parts.origin.cause
  }

  get duty(): DutyOf {
    return this
  }

  stage(): void {
    const staged = this.#durable.stage()
    ;(staged.replies ??= []).push([this.#parts.key])
  }

  settle(reply: unknown): void {
    this.#parts.origin.settle(reply)
  }

  refuse(fault: Fault): void {
    this.#parts.origin.refuse(fault)
  }

  failed(): void {
    // What is kept was decided at the end of the handler.
  }

  async ends(outcome: Outcome): Promise<unknown> {
    const durable = this.#durable
    const { key } = this.#parts
    durable.isHeld = false
    if (!('error' in outcome)) {
      this.#stage({ reply: outcome.reply })
      await durable.settle(false)
      return outcome.reply
    }
    const { error } = outcome
    await durable.settle(true)
    if (this.#cell.life === this.#life && (durable.duties.replies.has(key) || this.#isAnswer(error))) {
      this.#stage({ fault: this.#faultOf(error) })
      await durable.settle(false)
    }
    throw error
  }

  #stage(kept: Kept): void {
    const { key } = this.#parts
    const staged = this.#durable.stage()
    const others = (staged.replies ?? []).filter(([one]) => one !== key)
    staged.replies = [...others, this.#isKeepable(kept) ? [key, kept] : [key]]
  }

  #isKeepable(kept: Kept): boolean {
    const { codec } = this.#cell.host.durability ?? {}
    try {
      const bytes = codec?.encode({ replies: [['', kept]] }, `keep the reply to "${this.#parts.name}"`)
      return (bytes?.byteLength ?? 0) <= replyBytesMax
    } catch {
      return false
    }
  }

  /** An expected failure is an answer; that nothing could be written is none. */
  #isAnswer(error: unknown): boolean {
    if (Fault.is(error) && error.code.startsWith('journal-')) return false
    return this.#cell.host.supervision.directive(this.#cell, error) === 'resume'
  }

  #faultOf(error: unknown): Fault {
    const attempt = `Cannot handle "${this.#parts.name}" in "${this.#cell.path}"`
    return Fault.wrap(error, 'handler-failed', attempt)
  }
}

function volatile(cell: Cell, name: string): Fault {
  return new Fault(
    'actor-volatile',
    `Cannot handle "${name}" once for its key in "${cell.path}": its definition has neither events nor durable`,
    { hint: 'Ask without idempotencyKey, or make the definition durable.' },
  )
}

function replyLost(cell: Cell, name: string, key: string): Fault {
  return new Fault(
    'reply-lost',
    `Cannot answer "${name}" from "${cell.path}" again: it was handled for key "${key}", and its reply was not kept`,
    { hint: 'Ask the actor for what has come of it; do not send the message under another key.' },
  )
}
