// A level table: a Table that LevelDB keeps in a folder.
import { checkLevelLogs } from './level-log.ts'
import { Fault } from '../../runtime/fault.ts'
import { SystemDurableDisk } from '../system-durable-disk.ts'
import type { ClassicLevel } from 'classic-level'
import type { Table, TableChange, TableEntry, TableRange } from './table.ts'

/** Bytes that LevelDB gathers in memory before it writes a file of its own. */
const writeBufferBytes = 16_777_216
/** Bytes of read blocks that LevelDB keeps in memory. */
const cacheBytes = 33_554_432
/** Entries of a range that are read at once, and bytes after which no further one is. */
const chunkEntriesMax = 1_000
const chunkBytes = 262_144
/** Changes that are taken into a batch between two turns of the event loop. */
const changesInTurnMax = 512

type Level = ClassicLevel<Uint8Array, Uint8Array>

/**
 * Opens a table, or makes one in a folder that is there. LevelDB is loaded here, so that a node without a journal goes without it.
 * @param turn lets the event loop have its turn, between parts of a large batch
 * @throws {Fault} `index-damaged` · `index-failed` also when another process has it
 */
export async function openLevelTable(
  folder: string,
  turn: () => Promise<void> = () => Promise.resolve(),
): Promise<Table> {
  await checkLevelLogs(new SystemDurableDisk(), folder)
  const { ClassicLevel: Level } = await import('classic-level')
  const level: Level = new Level(folder, {
    keyEncoding: 'view',
    valueEncoding: 'view',
    writeBufferSize: writeBufferBytes,
    cacheSize: cacheBytes,
  })
  await orFault(folder, () => level.open())
  return new LevelTable(level, turn)
}

class LevelTable implements Table {
  readonly #level: Level
  readonly #turn: () => Promise<void>

  constructor(level: Level, turn: () => Promise<void>) {
    this.#level = level
    this.#turn = turn
  }

  get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#run(() => this.#level.get(key))
  }

  getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    if (keys.length === 0) return Promise.resolve([])
    return this.#run(() => this.#level.getMany([...keys]))
  }

  async *range(range: TableRange): AsyncGenerator<readonly TableEntry[]> {
    const iterator = this.#level.iterator({ ...given(range), highWaterMarkBytes: chunkBytes })
    try {
      for (;;) {
        const entries = await this.#run(() => iterator.nextv(chunkEntriesMax))
        if (entries.length === 0) return
        yield entries
      }
    } finally {
      await iterator.close()
    }
  }

  write(changes: readonly TableChange[]): Promise<void> {
    if (changes.length === 0) return Promise.resolve()
    return this.#run(async () => {
      const batch = this.#level.batch()
      for (const [place, [key, value]] of changes.entries()) {
        if (place % changesInTurnMax === changesInTurnMax - 1) await this.#turn()
        if (value === undefined) batch.del(key)
        else batch.put(key, value)
      }
      await batch.write()
    })
  }

  clear(range: TableRange): Promise<void> {
    return this.#run(() => this.#level.clear(given(range)))
  }

  close(): Promise<void> {
    return this.#run(() => this.#level.close())
  }

  #run<T>(task: () => Promise<T>): Promise<T> {
    return orFault(this.#level.location, task)
  }
}

/** LevelDB takes an option that is undefined for a bound. */
function given({ gt, gte, lt, lte, reverse, limit }: TableRange): {
  gt?: Uint8Array
  gte?: Uint8Array
  lt?: Uint8Array
  lte?: Uint8Array
  reverse?: boolean
  limit?: number
} {
  return {
    ...(gt === undefined ? {} : { gt }),
    ...(gte === undefined ? {} : { gte }),
    ...(lt === undefined ? {} : { lt }),
    ...(lte === undefined ? {} : { lte }),
    ...(reverse === undefined ? {} : { reverse }),
    ...(limit === undefined ? {} : { limit }),
  }
}

async function orFault<T>(folder: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (error) {
    throw asFault(folder, error)
  }
}

/** The error of opening has what happened as its cause. */
function asFault(folder: string, error: unknown): Fault {
  const first = codeAndText(error)
  const [code, text] =
    first[0] === 'LEVEL_DATABASE_NOT_OPEN' && error instanceof Error ? codeAndText(error.cause) : first
  // LevelDB says of a file that is gone that it could not be read, of a missing CURRENT that the table is not there, and of a file that is
  // too short that an argument is wrong.
  const isDamaged =
    code === 'LEVEL_CORRUPTION' ||
    /corrupt|no such file|does not exist|missing file|\.ldb: invalid argument/i.test(text)
  if (isDamaged) {
    return new Fault('index-damaged', `Cannot read the index in "${folder}": ${text}`, {
      hint: 'Open the journal again: what is damaged is made anew from the log.',
      details: { folder },
      cause: error,
    })
  }
  return new Fault('index-failed', `Cannot use the index in "${folder}": ${text}`, {
    hint: 'Check the disk of the journal and who else uses its folder, then open it again.',
    details: { folder },
    cause: error,
  })
}

function codeAndText(error: unknown): readonly [code: string, text: string] {
  if (!(error instanceof Error)) return ['', String(error)]
  return ['code' in error ? String(error.code) : '', error.message]
}
