// An outbox: what the algorithm wants done, in order; what needs something to be safe first waits here until it is.
import type { Entry } from './entry.ts'
import type { RaftLog } from './raft-log.ts'
import type { Message } from './message.ts'
import type { Snapshot } from './snapshot.ts'

/** Something to be made safe, after all before it. `generation` is everything there is, in the place of what was. */
export type Write =
  | { readonly kind: 'vote'; readonly term: number; readonly vote: number }
  | { readonly kind: 'entries'; readonly entries: readonly Entry[] }
  | {
      readonly kind: 'generation'
      readonly term: number
      readonly vote: number
      readonly snapshot: Snapshot | undefined
      readonly base: { readonly index: number; readonly term: number }
      readonly entries: readonly Entry[]
    }

export interface Outgoing {
  readonly to: number
  readonly message: Message
}

export interface Output {
  readonly messages: readonly Outgoing[]
  readonly writes: readonly Write[]
  /** What `persisted` is told when all these writes are safe. */
  readonly sequence: number
  /** A snapshot that takes the place of what is applied, before anything else is. */
  readonly install: Snapshot | undefined
}

interface Held extends Outgoing {
  readonly sequence: number
}

interface Mark {
  readonly sequence: number
  readonly index: number
  readonly term: number
}

export class Outbox {
  readonly #self: number
  #messages: Outgoing[] = []
  #held: Held[] = []
  #writes: Write[] = []
  #marks: Mark[] = []
  #install: Snapshot | undefined
  #written = 0
  #safe = 0

  constructor(self: number) {
    this.#self = self
  }

  get sequence(): number {
    return this.#written
  }

  /** Whether all that was to be written is safe. */
  get isSafe(): boolean {
    return this.#safe === this.#written
  }

  /** Whether what had been written at a sequence is safe. */
  isSafeAt(sequence: number): boolean {
    return this.#safe >= sequence
  }

  get isEmpty(): boolean {
    return this.#messages.length === 0 && this.#writes.length === 0 && this.#install === undefined
  }

  send(to: number, message: Message): void {
    this.#messages.push({ to, message })
  }

  /** Rule 3: sends it when all that was written before is safe. */
  sendSafe(to: number, message: Message): void {
    if (this.isSafe) return this.send(to, message)
    // The later answer says all that the earlier one would have said.
    this.#held = this.#held.filter((held) => held.to !== to || !isOutdone(held.message, message))
    this.#held.push({ to, message, sequence: this.#written })
  }

  write(write: Write): void {
    this.#writes.push(write)
    this.#written++
  }

  /** Notes that the log is safe up to its end once what was written now is. */
  mark(log: RaftLog): void {
    this.#marks.push({ sequence: this.#written, index: log.lastIndex, term: log.lastTerm })
  }

  install(snapshot: Snapshot): void {
    this.#install = snapshot
    this.#marks = []
  }

  /** Entries were cut off: marks behind the cut say nothing any more, also if the same entries come back. */
  forgetMarks(from: number): void {
    this.#marks = this.#marks.filter(({ index }) => index < from)
  }

  persisted(sequence: number, log: RaftLog): void {
    this.#safe = Math.max(this.#safe, sequence)
    for (const { index, term } of this.#marks.filter((mark) => mark.sequence <= sequence)) {
      if (log.term(index) === term) log.stable = Math.max(log.stable, index)
    }
    this.#marks = this.#marks.filter((mark) => mark.sequence > sequence)
    const free = this.#held.filter((held) => held.sequence <= sequence)
    this.#held = this.#held.filter((held) => held.sequence > sequence)
    this.#messages.push(...free)
  }

  take(): Output {
    const output = {
      messages: this.#messages,
      writes: this.#writes,
      sequence: this.#written,
      install: this.#install,
    }
    this.#messages = []
    this.#writes = []
    this.#install = undefined
    return output
  }

  /** Messages to oneself do not leave the node. */
  isOwn(outgoing: Outgoing): boolean {
    return outgoing.to === this.#self
  }
}

function isOutdone(earlier: Message, later: Message): boolean {
  if (earlier.type !== 'appended' || later.type !== 'appended') return false
  return earlier.isMatch && later.isMatch && earlier.term === later.term && earlier.index <= later.index
}
