// Compacting: starts a compaction in the background when enough of the log is not needed any more, and lets others wait for their turn.
import { describeThrown } from '../../runtime/thrown.ts'
import { checkCancelled, Compactor } from './compactor.ts'
import type { CancelSignal } from '../../runtime/cancel-signal.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Compacted, CompactorOptions, CompactorParts } from './compactor.ts'
import type { CompactReport, JournalCompactions, UpkeepOptions } from './upkeep.ts'
import type { Findings } from './findings.ts'

/** Droppable bytes in closed segments from which on a compaction is begun, one segment at least. */
export const compactBytesMin = 67_108_864
/** The part of the log that has to be droppable: what is written anew is never more than what is won. */
export const compactShareMin = 0.5
/** Bytes that a compaction works on between two pauses. */
const bytesInTurnMax = 262_144
/** How long a pause in the background is. */
const pauseMs = 4
/** A background compaction during which the log has grown by this part of it makes no pauses any more. */
const grownShareMax = 0.5
/** After a failure the next attempt waits for so long. */
const retryMs = 60_000

export interface CompactingParts extends CompactorParts {
  readonly clock: Clock
  readonly findings: Findings
  /** Instead of `compactBytesMin`. */
  readonly compactBytes?: number | undefined
}

export class Compacting {
  readonly #parts: CompactingParts
  readonly #life = new AbortController()
  /** Ends with the one that runs, however that ends. */
  #running: Promise<void> | undefined = undefined
  #waiting = 0
  #notBeforeMs = 0
  #bytesInTurn = 0
  #endPause: (() => void) | undefined = undefined
  #runs = 0
  #failed = 0
  #bytesFreed = 0

  constructor(parts: CompactingParts) {
    this.#parts = parts
  }

  get counts(): JournalCompactions {
    return {
      isRunning: this.#running !== undefined,
      runs: this.#runs,
      failed: this.#failed,
      bytesFreed: this.#bytesFreed,
    }
  }

  /** Begins one in the background if it is worth it. */
  consider(): void {
    const { clock, log, checkpointing, findings, compactBytes = compactBytesMin } = this.#parts
    if (this.#running !== undefined || this.#life.signal.aborted || clock.now() < this.#notBeforeMs) return
    const openBytes = log.segments.at(-1)?.bytes ?? 0
    const { droppableBytes } = checkpointing
    if (!isWorthCompacting({ droppableBytes, openBytes, logBytes: log.bytes }, compactBytes)) return
    const hurryFrom = log.bytes * (1 + grownShareMax)
    const isHurried = (): boolean => this.#waiting > 0 || log.bytes > hurryFrom
    this.#run({ signal: this.#life.signal, isInBackground: true }, isHurried).catch((error: unknown) => {
      if (this.#life.signal.aborted) return
      this.#failed++
      this.#notBeforeMs = clock.now() + retryMs
      const text = `a compaction in the background has failed: ${describeThrown(error).message}`
      findings.add({ kind: 'compaction', isDamage: false, text })
    })
  }

  /** What is droppable when its turn comes; one in the background is not waited for longer than it needs. */
  async compact(options: UpkeepOptions): Promise<CompactReport> {
    this.#waiting++
    try {
      this.#endPause?.()
      while (this.#running !== undefined) await endOr(this.#running, options.signal)
    } finally {
      this.#waiting--
    }
    const { bytesFreed: _, ...report } = await this.#run({ ...options, isInBackground: false }, () => true)
    return report
  }

  /** Gives up what runs in the background. */
  close(): void {
    this.#life.abort()
    this.#endPause?.()
  }

  #run(options: Omit<CompactorOptions, 'pace'>, isHurried: () => boolean): Promise<Compacted> {
    const pace = (bytes: number): Promise<void> | undefined => this.#pace(bytes, isHurried)
    const running = new Compactor(this.#parts, { ...options, pace }).run()
    this.#running = running.then(
      ({ bytesFreed }) => {
        this.#running = undefined
        this.#runs++
        this.#bytesFreed += bytesFreed
      },
      () => {
        this.#running = undefined
      },
    )
    return running
  }

  #pace(bytes: number, isHurried: () => boolean): Promise<void> | undefined {
    this.#bytesInTurn += bytes
    if (this.#bytesInTurn < bytesInTurnMax) return undefined
    this.#bytesInTurn = 0
    const { clock } = this.#parts
    return new Promise((resolve) => {
      if (isHurried() || this.#life.signal.aborted) {
        clock.later(resolve)
        return
      }
      const alarm = clock.alarm(clock.now() + pauseMs, resolve)
      this.#endPause = () => {
        alarm.cancel()
        resolve()
      }
    })
  }
}

/** Whether as much is won as is written anew, wherever in the log it is. */
export function isWorthCompacting(
  log: { readonly droppableBytes: number; readonly openBytes: number; readonly logBytes: number },
  bytesMin: number,
): boolean {
  const { droppableBytes, openBytes, logBytes } = log
  return droppableBytes - openBytes > bytesMin && droppableBytes > logBytes * compactShareMin
}

/** Waits until another one has ended, or its own caller has no time. */
async function endOr(running: Promise<void>, signal: CancelSignal | undefined): Promise<void> {
  if (signal === undefined) return running
  const { promise: cancelled, resolve } = Promise.withResolvers<void>()
  const cancel = (): void => resolve()
  signal.addEventListener('abort', cancel, { once: true })
  try {
    if (!signal.aborted) await Promise.race([running, cancelled])
  } finally {
    signal.removeEventListener('abort', cancel)
  }
  checkCancelled(signal, 'compact the journal')
}
