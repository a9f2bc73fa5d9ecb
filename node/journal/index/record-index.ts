// The record index: heads, pages, wholes, tags and wakes of all actors in one table, made from the records of the log.
import { Fault } from '../../../runtime/fault.ts'
import { changeActor, wantsLastPage, wantsPageKeys, wantsWholeKeys } from './actor-changes.ts'
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts'
import { decodeHead } from './head.ts'
import {
  checkpointKey,
  headId,
  headKey,
  headsAfter,
  pageKey,
  tagKey,
  tagPosition,
  wakeOf,
  wakesUntil,
  wholeKey,
} from './keys.ts'
import { decodePage } from './page.ts'
import type { JournalRecord } from '../../../runtime/journal.ts'
import type { ActorUpdate } from './actor-changes.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { Head } from './head.ts'
import type { Table, TableChange, TableRange } from '../table.ts'

/** Numbers of an actor go up to here. */
const seqMax = Number.MAX_SAFE_INTEGER

/** Actors whose changes are made between two turns of the event loop. */
const updatesInTurnMax = 256
const nothing = new Uint8Array()

/** Every method that reads throws the Fault `index-damaged` for a value that is not what was written. */
export class RecordIndex {
  readonly #table: Table
  readonly #turn: () => Promise<void>

  /** @param turn lets the event loop have its turn, between parts of a large batch */
  constructor(table: Table, turn: () => Promise<void>) {
    this.#table = table
    this.#turn = turn
  }

  /** Undefined if there is none that can be trusted. */
  async checkpoint(): Promise<Checkpoint | undefined> {
    const value = await this.#table.get(checkpointKey)
    return value === undefined ? undefined : decodeCheckpoint(value)
  }

  async setCheckpoint(checkpoint: Checkpoint): Promise<void> {
    await this.#table.write([[checkpointKey, encodeCheckpoint(checkpoint)]])
  }

  /** Heads in the order of the names; null where there is none, undefined where it is damaged. */
  async heads(ids: readonly string[]): Promise<readonly (Head | null | undefined)[]> {
    const values = await this.#table.getMany(ids.map(headKey))
    return values.map((value) => (value === undefined ? null : decodeHead(value)))
  }

  /** Heads behind a name, in the order of the names; damaged ones are left out. */
  async headsAfter(
    after: string | undefined,
    countMax: number,
  ): Promise<(readonly [id: string, head: Head | undefined])[]> {
    const found: (readonly [string, Head | undefined])[] = []
    for await (const entries of this.#table.range({ ...headsAfter(after), limit: countMax })) {
      for (const [key, value] of entries) found.push([headId(key), decodeHead(value)])
    }
    return found
  }

  /**
   * Writes what further records change, with the checkpoint, as one batch.
   * @returns what the checkpoint then says that is droppable
   */
  async apply(updates: readonly ActorUpdate[], checkpoint: Checkpoint): Promise<number> {
    const longer = updates.filter(wantsLastPage)
    const lastPages = await this.#table.getMany(longer.map(({ id, old }) => pageKey(id, old.lastPage)))
    // A page that is damaged is not made longer: who reads it has it made anew.
    const pages = new Map(
      longer.map(({ id }, place) => [id, decodePage(lastPages[place] ?? nothing, id) ?? []]),
    )
    const batch: TableChange[] = []
    let { droppableBytes } = checkpoint
    for (const [place, update] of updates.entries()) {
      if (place % updatesInTurnMax === updatesInTurnMax - 1) await this.#turn()
      const { id } = update
      const parts = {
        lastPage: pages.get(id) ?? [],
        pageKeys: wantsPageKeys(update) ? await this.#keys(pageRange(id)) : undefined,
        wholeKeys: wantsWholeKeys(update) ? await this.#keys(wholeRange(id)) : undefined,
      }
      droppableBytes += changeActor(update, parts, batch)
    }
    batch.push([checkpointKey, encodeCheckpoint({ ...checkpoint, droppableBytes })])
    await this.#table.write(batch)
    return droppableBytes
  }

  /** The newest wholes of some actors, and their last pages: all that most of them have. Undefined where there is none. */
  async newest(
    heads: readonly (readonly [id: string, head: Head])[],
  ): Promise<readonly (readonly [whole: Uint8Array | undefined, page: Uint8Array | undefined])[]> {
    const keys = heads.flatMap(([id, { snapshotSeq, snapshotKind, lastPage }]) => [
      wholeKey(id, snapshotSeq, snapshotKind),
      pageKey(id, lastPage),
    ])
    const values = await this.#table.getMany(keys)
    return heads.map((_, place) => [values[place * 2], values[place * 2 + 1]])
  }

  /** Commits and ends of an actor from a number on, a page at a time. */
  async *pages(id: string, fromSeq: number): AsyncGenerator<readonly JournalRecord[]> {
    const upTo = { gte: pageKey(id, 0), lte: pageKey(id, fromSeq), reverse: true, limit: 1 }
    const [first = pageKey(id, 0)] = await this.#keys(upTo)
    for await (const entries of this.#table.range({ gte: first, lte: pageKey(id, seqMax) })) {
      for (const [, value] of entries) {
        const page = records(id, value)
        yield (page[0]?.seq ?? fromSeq) >= fromSeq ? page : page.filter(({ seq }) => seq >= fromSeq)
      }
    }
  }

  /** Wholes and snapshots of an actor from a number on, each as a page of its own. */
  async *wholes(id: string, fromSeq: number): AsyncGenerator<readonly JournalRecord[]> {
    const range = { gte: wholeKey(id, fromSeq, 'whole'), lte: wholeKey(id, seqMax, 'snapshot') }
    for await (const entries of this.#table.range(range)) {
      for (const [, value] of entries) yield records(id, value)
    }
  }

  /** Positions of records with a tag, from one on, rising. */
  async tagged(tag: string, from: number, countMax: number): Promise<readonly number[]> {
    const keys = await this.#keys({ gte: tagKey(tag, from), lte: tagKey(tag, seqMax), limit: countMax })
    return keys.map(tagPosition)
  }

  async wakes(
    untilMs: number,
    countMax: number,
  ): Promise<readonly { readonly id: string; readonly wakeMs: number }[]> {
    const keys = await this.#keys({ ...wakesUntil(untilMs), limit: countMax })
    return keys.map(wakeOf)
  }

  /** Takes all away that is known of an actor, so that its records can be put in anew. */
  async clearActor(id: string): Promise<void> {
    await this.#table.clear(pageRange(id))
    await this.#table.clear(wholeRange(id))
    await this.#table.write([[headKey(id), undefined]])
  }

  async forgetTags(tags: readonly (readonly [tag: string, position: number])[]): Promise<void> {
    await this.#table.write(tags.map(([tag, position]) => [tagKey(tag, position), undefined]))
  }

  async clear(): Promise<void> {
    // The checkpoint goes first: without it nothing else is believed.
    await this.#table.write([[checkpointKey, undefined]])
    await this.#table.clear({})
  }

  close(): Promise<void> {
    return this.#table.close()
  }

  async #keys(range: TableRange): Promise<Uint8Array[]> {
    const keys: Uint8Array[] = []
    for await (const entries of this.#table.range(range)) for (const [key] of entries) keys.push(key)
    return keys
  }
}

/** The records of a page that has to be there. @throws {Fault} `index-damaged` */
export function records(id: string, page: Uint8Array | undefined): readonly JournalRecord[] {
  const found = page === undefined ? undefined : decodePage(page, id)
  if (found !== undefined) return found
  throw indexDamaged(
    `Cannot read the index of "${id}": a page is ${page === undefined ? 'missing' : 'not as it was written'}`,
  )
}

export function indexDamaged(message: string): Fault {
  return new Fault('index-damaged', message, {
    hint: 'Open the journal again: what is damaged is made anew from the log.',
  })
}

function pageRange(id: string): TableRange {
  return { gte: pageKey(id, 0), lte: pageKey(id, seqMax) }
}

function wholeRange(id: string): TableRange {
  return { gte: wholeKey(id, 0, 'whole'), lte: wholeKey(id, seqMax, 'snapshot') }
}
