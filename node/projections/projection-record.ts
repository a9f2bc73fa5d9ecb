// A projection's record: its state and how far it has come, written down as one, by one owner at a time.
import { Fault } from '../../runtime/fault.ts'
import { ownPrefix } from './event-filter.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { CommitCodec } from '../../runtime/commit.ts'
import type { Journal, JournalRecord } from '../../runtime/journal.ts'

/** Everything that a projection goes on from. */
export interface Progress {
  /** The position of the record that is next. */
  readonly next: number
  /** How many of its events are applied already. */
  readonly index: number
  readonly state: unknown
  /** Events that were applied and left out since its beginning. */
  readonly applied: number
  readonly skipped: number
}

export interface RecordGround {
  readonly journal: Journal
  readonly codec: CommitCodec
  readonly clock: Clock
}

/** The owner of one projection's records in the journal. */
export class ProjectionRecord {
  readonly name: string
  readonly version: number
  readonly #ground: RecordGround
  #epoch = 0
  #seq = 0

  constructor(ground: RecordGround, name: string, version: number) {
    this.#ground = ground
    this.name = name
    this.version = version
  }

  get #id(): string {
    return `${ownPrefix}${this.name}`
  }

  /**
   * Becomes the only one that may write it, and reads what was written last.
   * @returns undefined if there is nothing, or something of a lower version
   * @throws {Fault} `projection-outdated` `journal-damaged` `journal-failed` `journal-closed`
   */
  async claim(): Promise<Progress | undefined> {
    let last: JournalRecord | undefined
    const claim = await this.#ground.journal.recover(this.#id, undefined, (records) => {
      last = records.findLast(({ kind }) => kind === 'whole') ?? last
    })
    this.#epoch = claim.epoch
    this.#seq = claim.seq
    return last === undefined ? undefined : this.#progressIn(last)
  }

  /** What would be written, as bytes of its own. @throws {Fault} `payload-unencodable` `payload-too-large` */
  pack(progress: Progress): Uint8Array {
    const state = { version: this.version, data: { ...progress } }
    return this.#ground.codec.encode({ state }, `save the projection "${this.name}"`).slice()
  }

  /** @throws {Fault} `frame-malformed` */
  unpack(bytes: Uint8Array): Progress {
    // `pack` has made the bytes.
    return this.#ground.codec.decode(bytes).state?.data as Progress
  }

  /** Writes what was packed in the place of what was there; resolves once it is safe. @throws {Fault} those of `Journal.append` */
  write(body: Uint8Array): Promise<void> {
    const { journal, clock } = this.#ground
    const seq = this.#seq + 1
    return new Promise((resolve, reject) => {
      journal.append(
        {
          id: this.#id,
          epoch: this.#epoch,
          seq,
          kind: 'whole',
          atMs: clock.wall(),
          body,
          tags: [],
          keepFrom: seq,
        },
        (fault) => {
          if (fault !== undefined) {
            reject(fault)
            return
          }
          this.#seq = seq
          resolve()
        },
      )
    })
  }

  release(): void {
    this.#ground.journal.release(this.#id, this.#epoch)
  }

  #progressIn({ body, seq }: JournalRecord): Progress | undefined {
    const { state } = this.#ground.codec.decode(body)
    if (state !== undefined && state.version < this.version) return undefined
    if (state !== undefined && state.version > this.version) throw this.#outdated(state.version)
    if (isProgress(state?.data)) return state.data
    throw new Fault(
      'journal-damaged',
      `Cannot go on with the projection "${this.name}": its record ${seq} holds no state and position`,
      { hint: 'Start it by another name: then it begins anew.', details: { seq } },
    )
  }

  #outdated(version: number): Fault {
    return new Fault(
      'projection-outdated',
      `Cannot go on with the projection "${this.name}": version ${version} has written its state, this is version ${this.version}`,
      { hint: 'Start the newer code, or give this one a higher version, and it begins anew.' },
    )
  }
}

function isProgress(data: unknown): data is Progress {
  const { next, index, applied, skipped } = Object(data) as Record<string, unknown>
  return (
    [next, index, applied, skipped].every((number) => Number.isSafeInteger(number)) && 'state' in Object(data)
  )
}
