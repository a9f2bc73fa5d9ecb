// A trial: counts processes in a row that opened a journal and ended soon without closing it; an index that brings them down is found out.
import { ignoreMissing } from './damage.ts'
import type { Alarm, Clock } from '../../runtime/clock.ts'
import type { DurableDisk } from '../../runtime/disk.ts'

/** Processes in a row that may end so before the index is made anew: LevelDB ends a process that reads certain damage. */
export const unclosedMax = 5
/** How long a journal has to be open for its index to have stood the test, in milliseconds. */
export const trialMsMin = 60_000

export class Trial {
  readonly #disk: DurableDisk
  readonly #file: string
  readonly #alarm: Alarm
  /** Too many have ended; this process begins a new count. */
  readonly isLost: boolean

  private constructor(
    parts: { readonly disk: DurableDisk; readonly clock: Clock },
    file: string,
    isLost: boolean,
  ) {
    this.#disk = parts.disk
    this.#file = file
    this.isLost = isLost
    this.#alarm = parts.clock.alarm(parts.clock.now() + trialMsMin, () => void this.#forget())
  }

  /** Counts this process, in a file that need not survive the machine. */
  static async begin(
    parts: { readonly disk: DurableDisk; readonly clock: Clock },
    folder: string,
  ): Promise<Trial> {
    const file = `${folder}/unclosed`
    const before = await countIn(parts.disk, file)
    const isLost = before >= unclosedMax
    // A disk that takes no count takes no journal either, and says so itself.
    await write(parts.disk, file, isLost ? 1 : before + 1).catch(() => {})
    return new Trial(parts, file, isLost)
  }

  /** The journal is closed as it has to be, or could not be opened. */
  async end(): Promise<void> {
    this.#alarm.cancel()
    await this.#forget()
  }

  async #forget(): Promise<void> {
    // Nothing is lost with a count that stays.
    await this.#disk.remove(this.#file).catch(() => {})
  }
}

async function countIn(disk: DurableDisk, path: string): Promise<number> {
  const found = await disk.open(path, 'read').catch(ignoreMissing)
  if (found === undefined) return 0
  const byte = new Uint8Array(1)
  const length = await found.read(byte, 0)
  await found.close()
  return length === 0 ? 0 : (byte[0] ?? 0)
}

async function write(disk: DurableDisk, path: string, count: number): Promise<void> {
  await disk.remove(path).catch(ignoreMissing)
  const file = await disk.open(path, 'create')
  await file.write(Uint8Array.of(count), 0)
  await file.close()
}
