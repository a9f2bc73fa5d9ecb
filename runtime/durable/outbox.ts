// An outbox: the letters of a durable actor that have not arrived, sent again until they have.
import { ackIn, arrivedName, letterName } from './reserved.ts'
import { away, closed, down, ended } from '../cell-flags.ts'
import { Deadline } from '../deadline.ts'
import { Envelope } from '../envelope.ts'
import { deliver } from '../router.ts'
import { Fault } from '../fault.ts'
import { checkRunning } from './running.ts'
import { Lane } from './lane.ts'
import type { AckMessage, LetterMessage } from './reserved.ts'
import type { Cell } from '../cell.ts'
import type { Commit, Letter } from '../commit.ts'
import type { DurableLife, LetterBox, Staged } from './durable-life.ts'

/** Letters of one actor that have not arrived. */
export const outboxLettersMax = 10_000
/** Letters that have arrived and may be unwritten; then they are written in a record of their own. */
const arrivalsMax = 1_000
/** The longest time that they may be so, in milliseconds; a crash costs no more than sending them once more. */
const arrivalsMs = 1_000

export class Outbox implements LetterBox {
  readonly #cell: Cell
  readonly #durable: DurableLife
  readonly #lanes = new Map<string, Lane>()
  /** Those to whom more has arrived than is written. */
  readonly #dirty = new Set<Lane>()
  readonly #writeLater: Deadline
  #sender: string | undefined = undefined

  constructor(cell: Cell, durable: DurableLife) {
    this.#cell = cell
    this.#durable = durable
    this.#sender = durable.duties.sender
    this.#writeLater = new Deadline(() => this.#wantWrite())
  }

  /** Letters that have not arrived, also those that are about to be written. */
  get count(): number {
    const { duties, ahead, staged } = this.#durable
    let count = duties.lettersCount + (staged?.sent?.length ?? 0)
    for (const { sent } of ahead) count += sent?.length ?? 0
    return count
  }

  /** @throws {Fault} `outbox-full` `payload-unencodable` `payload-too-large` */
  send(to: string, name: string, payload: unknown): void {
    const { path, host } = this.#cell
    checkRunning(this.#cell, `Cannot tell "${to}" "${name}" reliably from "${path}"`)
    const { count } = this
    if (count >= outboxLettersMax) {
      throw new Fault(
        'outbox-full',
        `Cannot tell "${to}" "${name}" reliably from "${path}": ${count} of ${outboxLettersMax} letters have not arrived`,
        { hint: 'Look with "why" at who does not take them, or send less until they have arrived.' },
      )
    }
    // The number is given when the record is made.
    const letter: Letter = { to, number: 0, name, payload }
    host.durability?.codec.encode({ sent: [letter] }, `tell "${to}" "${name}" reliably`)
    const draft = this.#durable.stage()
    ;(draft.sent ??= []).push(letter)
    this.#sender ??= this.#drawn()
    if (this.#durable.duties.sender !== this.#sender) draft.sender = this.#sender
  }

  /** All is forgotten, the numbers of the letters with it: who sends from now on is somebody else. */
  renew(): void {
    this.#sender = undefined
  }

  start(): void {
    for (const to of this.#durable.duties.letters.keys()) this.#lane(to).push()
  }

  stop(): void {
    for (const lane of this.#lanes.values()) lane.stop()
    this.#cell.host.timers.remove(this.#writeLater)
  }

  applied({ sent, arrived }: Commit): void {
    const { letters } = this.#durable.duties
    for (const [to] of arrived ?? []) {
      const lane = this.#lanes.get(to)
      if (lane === undefined || lane.unwritten > 0) continue
      this.#dirty.delete(lane)
      if (letters.has(to)) continue
      lane.stop()
      this.#lanes.delete(to)
    }
    const receivers = new Set(sent?.map(({ to }) => to))
    for (const to of receivers) this.#lane(to).push()
  }

  take(payload: unknown): boolean {
    const ack = ackIn(payload)
    if (ack === undefined) return false
    if (ack.sender !== this.#durable.duties.sender) return true
    this.#acked(ack)
    return true
  }

  /** What has arrived goes with whatever is written. */
  addTo(staged: Staged): void {
    if (this.#dirty.size === 0) return
    staged.arrived ??= []
    for (const { to, acked } of this.#dirty) staged.arrived.push([to, acked])
  }

  /** In a record of its own. */
  write(): void {
    if (this.#dirty.size > 0) this.#durable.stage().arrived ??= []
  }

  #acked({ by, upTo, hasGap }: AckMessage): void {
    const lane = this.#lanes.get(by)
    if (lane === undefined) return
    lane.acknowledge(upTo, hasGap)
    if (lane.unwritten === 0) return
    this.#dirty.add(lane)
    let unwritten = 0
    for (const one of this.#dirty) unwritten += one.unwritten
    if (unwritten >= arrivalsMax) this.write()
    else if (this.#writeLater.heapIndex < 0) {
      const { timers, clock } = this.#cell.host
      timers.add(this.#writeLater, clock.now() + arrivalsMs)
    }
  }

  /** In a turn of the actor's own, between two messages. */
  #wantWrite(): void {
    const cell = this.#cell
    if (cell.rareIfAny?.durable !== this.#durable || this.#dirty.size === 0) return
    if ((cell.flags & (away | closed | down | ended)) === 0)
      deliver(cell, new Envelope(cell, arrivedName, undefined, cell, undefined))
  }

  #lane(to: string): Lane {
    const known = this.#lanes.get(to)
    if (known !== undefined) return known
    const lane = new Lane(this.#cell, to, {
      letters: () => this.#durable.duties.letters.get(to) ?? none,
      isOver: () => this.#cell.rareIfAny?.durable !== this.#durable,
      send: (ref, letter, settled) => ref.tellFrom(this.#cell, letterName, this.#message(letter, settled)),
    })
    this.#lanes.set(to, lane)
    return lane
  }

  #message({ number, name, payload }: Letter, settled: number): LetterMessage {
    // Who has letters has drawn it.
    const sender = this.#durable.duties.sender ?? ''
    return { from: this.#cell.path, sender, number, settled, name, payload }
  }

  /** 104 bits of chance. */
  #drawn(): string {
    const { random } = this.#cell.host
    return random.integer(2 ** 52).toString(36) + random.integer(2 ** 52).toString(36)
  }
}

const none: readonly Letter[] = Object.freeze([])
