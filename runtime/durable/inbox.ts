// An inbox: what an actor knows of the letters that others send it: up to which it has handled them, and who has not been told so yet.
import { ackName, letterIn, letterName } from './reserved.ts'
import { away, ended } from '../cell-flags.ts'
import { Deadline } from '../deadline.ts'
import { drop } from '../router.ts'
import { Duty } from './duty.ts'
import { Envelope } from '../envelope.ts'
import { outsideOfActors } from '../context.ts'
import { refAt } from '../ref.ts'
import type { Cell } from '../cell.ts'
import type { AckMessage, LetterMessage } from './reserved.ts'
import type { Handled } from './duties.ts'
import type { Mark } from './duty.ts'
import type { HandledLetters, LetterBook, Staged } from './durable-life.ts'

/** Senders of letters that one actor remembers; to forget one could mean to handle a letter twice. */
export const sendersMax = 100_000
/** Letters that are acknowledged together, a quarter of what may be under way from one sender. */
const acksTogetherMax = 16
/** How long an acknowledgement waits for others, in milliseconds. */
const ackDelayMs = 10

/** Kept over all lives of an actor. An actor without a journal has its marks here, and they move with it. */
export class Inbox implements LetterBook {
  readonly tries: Map<string, number> = new Map()
  readonly #cell: Cell
  readonly #marks = new Map<string, Handled>()
  #acks = new Map<string, AckMessage>()
  /** Letters that were handled since somebody was told. */
  #untold = 0
  #isDue = false
  readonly #tellLater: Deadline = new Deadline(() => this.#tell())

  constructor(cell: Cell) {
    this.#cell = cell
  }

  /** Up to which letter everything was handled, of whom. */
  handled(): ReadonlyMap<string, Handled> {
    return this.#cell.rareIfAny?.durable?.duties.handled ?? this.#marks
  }

  /** Of an actor without a journal. */
  keep([from, sender, upTo]: HandledLetters): void {
    this.#marks.set(from, { sender, upTo })
  }

  /** The marks of an actor without a journal as plain data. */
  capture(): readonly HandledLetters[] {
    return [...this.#marks].map(([from, { sender, upTo }]) => [from, sender, upTo])
  }

  /** Whether somebody is to be told that letters were handled. */
  get isQuiet(): boolean {
    return this.#acks.size === 0
  }

  /** Tells a sender: at once if nothing more waits, else with what is handled next. */
  acknowledge(from: string, sender: string, { upTo, hasGap }: Pick<AckMessage, 'upTo' | 'hasGap'>): void {
    const waiting = this.#acks.get(from)
    const isOlder = waiting?.sender === sender && waiting.upTo > upTo
    if (!isOlder) this.#acks.set(from, { by: this.#cell.path, sender, upTo, hasGap })
    this.#untold++
    const { mailbox, host } = this.#cell
    if (hasGap || mailbox.isEmpty || this.#untold >= acksTogetherMax) this.#tellSoon()
    else if (this.#tellLater.heapIndex < 0) host.timers.add(this.#tellLater, host.clock.now() + ackDelayMs)
  }

  #tellSoon(): void {
    if (this.#isDue) return
    this.#isDue = true
    this.#cell.host.clock.later(outsideOfActors(() => this.#tell()))
  }

  #tell(): void {
    const acks = this.#acks
    const cell = this.#cell
    this.#acks = new Map()
    this.#untold = 0
    this.#isDue = false
    cell.host.timers.remove(this.#tellLater)
    // Who has gone may be asked where he is now.
    if ((cell.flags & (away | ended)) !== 0) return
    for (const [from, ack] of acks) refAt(cell.host, from).tellFrom(cell, ackName, ack)
  }
}

export function inboxOf(cell: Cell): Inbox {
  const { rare } = cell
  rare.inbox ??= new Inbox(cell)
  // Only this file makes one.
  return rare.inbox as Inbox
}

/** The letter as the message that it is, if it is the next one of its sender; else it is over for this time. */
export function takeLetter(cell: Cell, outer: Envelope): Envelope | 'taken' | 'dropped' {
  const letter = letterIn(outer.payload)
  if (letter === undefined) {
    drop(cell, outer, 'message-unknown')
    return 'dropped'
  }
  const inbox = inboxOf(cell)
  const { from, sender, number, settled } = letter
  const known = inbox.handled().get(from)
  // Who has forgotten was told by the sender what it has handled.
  const upTo = Math.max(known?.sender === sender ? known.upTo : 0, settled)
  if (number <= upTo || number > upTo + 1) {
    const hasGap = number > upTo
    // While the one before is tried again, what follows is to come when that has ended.
    const isTried = inbox.tries.has(triesKey({ from, sender, number: upTo + 1 }))
    if (!hasGap || !isTried) inbox.acknowledge(from, sender, { upTo, hasGap })
    return 'taken'
  }
  if (known === undefined && inbox.handled().size >= sendersMax) {
    drop(cell, outer, 'senders-full')
    return 'dropped'
  }
  const duty = new Duty(cell, new LetterMark(inbox, letter), inbox.tries)
  return new Envelope(cell, letter.name, letter.payload, outer.from, duty)
}

class LetterMark implements Mark {
  readonly key: string
  readonly #inbox: Inbox
  readonly #letter: LetterMessage

  constructor(inbox: Inbox, letter: LetterMessage) {
    this.#inbox = inbox
    this.#letter = letter
    this.key = triesKey(letter)
  }

  get isKept(): boolean {
    const known = this.#inbox.handled().get(this.#letter.from)
    return known?.sender === this.#letter.sender && known.upTo >= this.#letter.number
  }

  stage(staged: Staged): void {
    ;(staged.handled ??= []).push(this.#handled)
  }

  keep(): void {
    this.#inbox.keep(this.#handled)
  }

  done(): void {
    const { from, sender, number } = this.#letter
    this.#inbox.acknowledge(from, sender, { upTo: number, hasGap: false })
  }

  failed(): void {
    // The sender tries again, after its backoff.
  }

  get #handled(): HandledLetters {
    const { from, sender, number } = this.#letter
    return [from, sender, number]
  }
}

function triesKey({ from, sender, number }: Pick<LetterMessage, 'from' | 'sender' | 'number'>): string {
  return `${letterName} ${from} ${sender} ${number}`
}
