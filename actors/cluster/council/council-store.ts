// A council store: the files in which a voter's promise and log outlive its process.
import { Fault } from '../../../runtime/fault.ts'
import { damaged } from './council-faults.ts'
import {
  decodeStored,
  encodeStored,
  encodeWrites,
  frame,
  frameHeadBytes,
  framePayload,
  hasFrameBehind,
  replayWrites,
} from './log-frame.ts'
import type { CouncilStorage } from './council.ts'
import type { DiskFile } from '../../../runtime/disk.ts'
import type { Stored } from './log-frame.ts'
import type { Write } from './outbox.ts'

const makingName = 'council.new'
const namePattern = /^council-(\d{1,15})\.log$/

function fileName(generation: number): string {
  return `council-${generation}.log`
}

/**
 * One file at a time counts: a generation. Its first frame is everything there was when it was begun, so the generation before can go. Each
 * later frame is what was made safe by one sync; nothing is written before that sync has succeeded, so only the last frame can be torn.
 * Rule 37: the first write or sync that fails ends the store.
 */
export class CouncilStore {
  readonly #storage: CouncilStorage
  readonly #self: number
  readonly #lives: number
  #generation: number
  #file: DiskFile | undefined
  #offset = 0
  #broken: Error | undefined
  syncs = 0

  private constructor(storage: CouncilStorage, self: number, lives: number, generation: number) {
    this.#storage = storage
    this.#self = self
    this.#lives = lives
    this.#generation = generation
  }

  /**
   * Reads what is there and begins a new generation with it, so that nothing is ever written behind a torn frame.
   * @param founded what a founder begins with where nothing is stored
   */
  static async open(
    storage: CouncilStorage,
    self: number,
    founded: Pick<Stored, 'term' | 'vote' | 'entries'>,
  ): Promise<{ readonly store: CouncilStore; readonly stored: Stored }> {
    const { disk, folder } = storage
    await disk.makeFolder(folder)
    const names = await disk.names(folder)
    if (names.includes(makingName)) await disk.remove(`${folder}/${makingName}`)
    const generations = names.flatMap((name) => generationOf(name)).toSorted((a, b) => b - a)
    const last = generations[0] ?? 0
    const nothing: Stored = { self, lives: 0, snapshot: undefined, base: { index: 0, term: 0 }, ...founded }
    const found = last === 0 ? nothing : await readGeneration(storage, last, self)
    const stored = { ...found, lives: found.lives + 1 }
    const store = new CouncilStore(storage, self, stored.lives, last)
    await store.#begin(stored)
    for (const generation of generations) await disk.remove(`${folder}/${fileName(generation)}`)
    return { store, stored }
  }

  /** Makes writes safe, all with one sync; one call at a time. @throws {Fault} and from then on always */
  async write(writes: readonly Write[]): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken
    try {
      await this.#write(writes)
    } catch (error) {
      this.#broken = Fault.wrap(error, 'disk-failed', 'Cannot write the log of the council')
      throw this.#broken
    }
  }

  async #write(writes: readonly Write[]): Promise<void> {
    const last = writes.findLastIndex(({ kind }) => kind === 'generation')
    const whole = writes[last]
    if (whole?.kind === 'generation') {
      const before = this.#generation
      await this.#begin({ self: this.#self, lives: this.#lives, ...whole })
      await this.#storage.disk.remove(`${this.#storage.folder}/${fileName(before)}`)
    }
    const rest = writes.slice(last + 1)
    if (rest.length > 0) await this.#append(encodeWrites(rest))
  }

  async #append(payload: Uint8Array): Promise<void> {
    const file = this.#file
    if (file === undefined)
      throw new Fault('disk-failed', 'Cannot write the log of the council: it is closed', {
        hint: 'Start the council again.',
      })
    const bytes = frame(payload, { generation: this.#generation, offset: this.#offset })
    await writeAll(file, bytes, this.#offset)
    await file.sync()
    this.syncs++
    this.#offset += bytes.length
  }

  /** Written under another name first: a file that has its own name is whole. */
  async #begin(stored: Stored): Promise<void> {
    const { disk, folder } = this.#storage
    const generation = this.#generation + 1
    const file = await disk.open(`${folder}/${makingName}`, 'create')
    const bytes = frame(encodeStored(stored), { generation, offset: 0 })
    try {
      await writeAll(file, bytes, 0)
      await file.sync()
      await disk.rename(`${folder}/${makingName}`, `${folder}/${fileName(generation)}`)
      await disk.syncFolder(folder)
    } catch (error) {
      await file.close()
      throw error
    }
    this.syncs++
    await this.#file?.close()
    this.#file = file
    this.#generation = generation
    this.#offset = bytes.length
  }

  async close(): Promise<void> {
    await this.#file?.close()
    this.#file = undefined
  }
}

function generationOf(name: string): number[] {
  const digits = namePattern.exec(name)?.[1]
  return digits === undefined ? [] : [Number(digits)]
}

async function writeAll(file: DiskFile, bytes: Uint8Array, offset: number): Promise<void> {
  let written = 0
  while (written < bytes.length) written += await file.write(bytes.subarray(written), offset + written)
}

async function readGeneration(storage: CouncilStorage, generation: number, self: number): Promise<Stored> {
  const name = fileName(generation)
  const file = await storage.disk.open(`${storage.folder}/${name}`, 'read')
  try {
    const bytes = new Uint8Array(await file.size())
    await file.read(bytes, 0)
    return readStored(bytes, name, generation, self)
  } finally {
    await file.close()
  }
}

function readStored(bytes: Uint8Array, name: string, generation: number, self: number): Stored {
  const first = framePayload(bytes, { generation, offset: 0 })
  const stored = first === undefined ? undefined : decodeStored(first)
  if (first === undefined || stored === undefined) throw damaged(name, 'does not begin as it was written')
  if (stored.self !== self) throw damaged(name, `belongs to member ${stored.self}, not to ${self}`)
  const replay = { ...stored, entries: [...stored.entries] }
  for (let offset = frameHeadBytes + first.length; offset < bytes.length;) {
    const payload = framePayload(bytes, { generation, offset })
    // Torn by the machine's fall: it was never said to be safe. With something good behind it, it was.
    if (payload === undefined && !hasFrameBehind(bytes, { generation, offset })) break
    if (payload === undefined || !replayWrites(replay, payload))
      throw damaged(name, `is not what was written at byte ${offset}`)
    offset += frameHeadBytes + payload.length
  }
  return replay
}
