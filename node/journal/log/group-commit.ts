// A group commit: gathers records while others are being made safe, so that one sync serves all that waited for it.
import { Fault } from '../../../runtime/fault.ts'
import { closed, shown, tooLarge } from '../refused-append.ts'
import { Group, recordLength, tagsLength } from './group.ts'
import { idLengthMax, journalWaitingBytesMax, tagBytesMax } from './layout.ts'
import { busy, failed } from './log-faults.ts'
import type { Append } from '../../../runtime/journal.ts'
import type { Clock } from '../../../runtime/clock.ts'
import type { Done } from './group.ts'
import type { LogTail } from './log-tail.ts'

/** A group of so many begins at once; a smaller one waits a turn of the event loop for those who were told just now and go on. */
const groupCountMin = 256

/**
 * What waits when a group has become safe is the next one. It begins in the event loop's next turn, and so does the first append after a
 * pause: those who answer to the same news come into the same group, and one who is alone loses microseconds. Otherwise two halves of all
 * writers would wait for each other's sync as well as their own.
 */
export class GroupCommit {
  readonly #clock: Clock
  readonly #tail: LogTail
  /** Called after each group that became safe, before those who appended are told. */
  onSafe: (from: number, to: number) => void = () => {}
  #gathering = new Group()
  /** Full ones, the oldest first. */
  #waiting: Group[] = []
  #spare: Group | undefined
  #nextPosition: number
  /** Bytes that are not safe yet, those that are being written among them. */
  #waitingBytes = 0
  #isRunning = false
  #isClosed = false
  readonly #whenIdle: (() => void)[] = []

  constructor(clock: Clock, tail: LogTail) {
    this.#clock = clock
    this.#tail = tail
    this.#nextPosition = tail.tip
  }

  /** @returns its position, 0 if it is refused at once; the fault comes in its turn */
  append(append: Append, done: Done): number {
    const tagBytes = append.tags.length === 0 ? 0 : tagsLength(append.tags)
    const bytes = recordLength(append, tagBytes)
    const refusal = this.#refusal(append, bytes, tagBytes)
    if (refusal !== undefined) {
      this.tell(() => done(refusal))
      return 0
    }
    if (!this.#gathering.hasRoom(bytes)) this.#gatherNext()
    const position = this.#nextPosition
    this.#gathering.add(append, position, bytes, tagBytes)
    this.#gathering.dones.push(done)
    this.#nextPosition = position + 1
    this.#waitingBytes += bytes
    this.#wake()
    return position
  }

  /** Calls back in its turn among those who append: nobody hears of a later record first. */
  tell(call: () => void): void {
    this.#gathering.dones.push(call)
    this.#wake()
  }

  /** Lets what was appended become safe; nothing more is taken. */
  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#isRunning) await new Promise<void>((resolve) => this.#whenIdle.push(resolve))
    await this.#tail.close()
  }

  #refusal(append: Append, bytes: number, tagBytes: number): Fault | undefined {
    if (this.#isClosed) return closed(`keep ${shown(append)}`)
    if (this.#tail.failed !== undefined) return this.#tail.failed
    const large = tooLarge(append) ?? (isOverlong(append, tagBytes) ? overlong(append, tagBytes) : undefined)
    if (large !== undefined) return large
    if (this.#waitingBytes + bytes > journalWaitingBytesMax)
      return busy(`keep ${shown(append)}`, this.#waitingBytes)
    return undefined
  }

  #gatherNext(): void {
    this.#waiting.push(this.#gathering)
    this.#gathering = this.#spare ?? new Group()
    this.#spare = undefined
  }

  #wake(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    this.#clock.later(() => void this.#run())
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0 || this.#gathering.dones.length > 0) {
      if (this.#waiting.length === 0) this.#gatherNext()
      const group = this.#waiting.shift()
      if (group !== undefined) await this.#commit(group)
      if (this.#waiting.length === 0 && this.#gathering.count < groupCountMin) await this.#turn()
    }
    this.#isRunning = false
    for (const idle of this.#whenIdle.splice(0)) idle()
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => this.#clock.later(resolve))
  }

  async #commit(group: Group): Promise<void> {
    try {
      if (group.count > 0) await this.#tail.write(group)
    } catch (error) {
      this.#refuseAll(group, Fault.is(error) ? error : failed('log', error))
      return
    }
    const from = group.firstPosition
    const to = from + group.count
    if (group.count > 0) {
      this.#waitingBytes -= group.recordBytes
      this.#guarded(() => this.onSafe(from, to), undefined)
    }
    this.#tell(group, undefined)
    group.clear()
    if (group.isThrifty) this.#spare = group
  }

  /**
   * All that waits is refused with the group: a record of an actor must not be kept when the one before it was not. So their positions can be
   * given again.
   */
  #refuseAll(group: Group, fault: Fault): void {
    const refused = [group, ...this.#waiting, this.#gathering]
    this.#waiting = []
    this.#gathering = new Group()
    this.#waitingBytes = 0
    this.#nextPosition = this.#tail.tip
    for (const one of refused) this.#tell(one, fault)
  }

  #tell(group: Group, fault: Fault | undefined): void {
    for (const done of group.dones) this.#guarded(done, fault)
  }

  /** One who throws must not keep the others from hearing; it is heard of where nobody can overlook it. */
  #guarded<T>(call: (value: T) => void, value: T): void {
    try {
      call(value)
    } catch (error) {
      this.#clock.soon(() => {
        throw error
      })
    }
  }
}

function isOverlong({ id }: Append, tagBytes: number): boolean {
  return tagBytes > tagBytesMax || id.length > idLengthMax
}

function overlong(append: Append, tagBytes: number): Fault {
  return new Fault(
    'record-too-large',
    `Cannot keep ${shown(append)}: its tags have ${tagBytes} bytes and its name ${append.id.length}, ${tagBytesMax} and ${idLengthMax} are allowed`,
    { hint: 'Give it fewer or shorter tags.', details: { tagBytes, idLength: append.id.length } },
  )
}
