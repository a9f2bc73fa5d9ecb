// Checkpointing: brings the index up to date with the log, in the background, so that the tail stays short.
import { newHead } from './index/head.ts'
import type { Checkpoint } from './index/checkpoint.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Damage } from './damage.ts'
import type { Gate } from './gate.ts'
import type { Repair } from './repair.ts'
import type { ActorUpdate } from './index/actor-changes.ts'
import type { RecordIndex } from './index/record-index.ts'
import type { Owner, Owners } from './owners.ts'
import type { Tail } from './tail.ts'

/** After a failure the next attempt waits for so long. */
const retryMs = 1_000
/** Heads that are read at once. */
const headsAtOnceMax = 10_000

export interface CheckpointingParts {
  readonly clock: Clock
  readonly index: RecordIndex
  readonly owners: Owners
  readonly tail: Tail
  readonly gate: Gate
  readonly damage: Damage
  readonly repair: Repair
  /** Bytes of the tail from which on one is made. */
  readonly checkpointBytes: number
}

export class Checkpointing {
  readonly #parts: CheckpointingParts
  /** All records up to this one are in the index. */
  position: number
  /** Bytes of the log, about, that a compaction would drop. */
  droppableBytes: number
  /** Called when one has been made because the tail had become long. */
  onMade: () => void = () => {}
  /** Why the last attempt has failed. */
  failure: unknown = undefined
  #isDue = false
  #isLast = false
  #notBeforeMs = 0

  constructor(parts: CheckpointingParts, { position, droppableBytes }: Checkpoint) {
    this.#parts = parts
    this.position = position
    this.droppableBytes = droppableBytes
  }

  /** Starts one if the tail has become long. @param tip gives the position behind the last safe record */
  start(tip: () => number): void {
    const { tail, clock, checkpointBytes } = this.#parts
    if (this.#isDue || tail.bytes < checkpointBytes || clock.now() < this.#notBeforeMs) return
    this.#isDue = true
    void this.run(tip).then(
      () => {
        this.#isDue = false
        this.onMade()
      },
      () => {
        this.#isDue = false
        this.#notBeforeMs = clock.now() + retryMs
      },
    )
  }

  /** @throws {Fault} `index-damaged` `index-failed` the tail stays as it was */
  async run(tip: () => number): Promise<void> {
    try {
      await this.#parts.gate.run(() => this.index(tip() - 1))
      this.failure = undefined
    } catch (error) {
      this.failure = error
      throw error
    }
  }

  /**
   * Puts all records of the tail up to a position into the index; has the gate for itself.
   * @returns how many numbers of actors are missing among them
   */
  async index(upTo: number): Promise<number> {
    const { index, owners } = this.#parts
    if (upTo <= this.position) return 0
    const due = [...owners.dirty].filter((owner) => (owner.records[0]?.position ?? Infinity) <= upTo)
    await this.#readHeads(due)
    const updates: ActorUpdate[] = []
    let missing = 0
    for (const owner of due) {
      // A copy: its owner goes on meanwhile.
      const records = [...owner.safeRecords(upTo)]
      const { head, missing: gaps } = owner.headWithGaps(upTo)
      missing += gaps
      updates.push({ id: owner.id, old: owner.stored ?? newHead(), head, records })
    }
    this.droppableBytes = await index.apply(updates, this.#checkpoint(upTo))
    this.position = upTo
    this.#letGo(due, updates, upTo)
    return missing
  }

  /** What the index says of itself now. */
  get checkpoint(): Checkpoint {
    return this.#checkpoint(this.position)
  }

  /** Writes down that there is nothing behind it, if that is so; has the gate for itself. */
  async end(upTo: number): Promise<void> {
    this.#isLast = this.position === upTo
    await this.note()
  }

  /** Writes down what has changed besides records; has the gate for itself. */
  async note(): Promise<void> {
    await this.#parts.index.setCheckpoint(this.checkpoint)
  }

  #checkpoint(position: number): Checkpoint {
    const { damage, owners } = this.#parts
    const { suspectUntil, where } = damage
    return {
      position,
      suspectUntil,
      epoch: owners.highestEpoch,
      droppableBytes: this.droppableBytes,
      isLast: this.#isLast,
      where,
    }
  }

  #letGo(due: readonly Owner[], updates: readonly ActorUpdate[], upTo: number): void {
    const { owners, tail } = this.#parts
    due.forEach((owner, place) => {
      const update = updates[place]
      if (update === undefined) return
      owner.stored = update.head
      for (const record of update.records) tail.drop(record.size)
      owner.records = owner.records.slice(update.records.length)
      owners.forgetIdle(owner)
    })
    tail.dropTagged(upTo)
  }

  async #readHeads(owners: readonly Owner[]): Promise<void> {
    const { index, repair } = this.#parts
    const unknown = owners.filter(({ stored }) => stored === undefined)
    for (let from = 0; from < unknown.length; from += headsAtOnceMax) {
      const some = unknown.slice(from, from + headsAtOnceMax)
      const heads = await index.heads(some.map(({ id }) => id))
      for (const [place, owner] of some.entries()) {
        const head = heads[place]
        owner.stored = head === undefined ? await repair.actor(owner.id, undefined, this.position) : head
      }
    }
  }
}
