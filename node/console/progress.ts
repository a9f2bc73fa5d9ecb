// Progress: how far long work is, as a line that is redrawn on a terminal, and as a line now and then elsewhere.
import { sizeText } from './size-text.ts'
import { timeText } from './time-text.ts'
import type { Alarm, Clock } from '../../runtime/clock.ts'
import type { RedrawnLine } from './output.ts'
import type { Style } from './style.ts'

/** How long work may take before anything is said of it, in milliseconds. */
const quietMs = 300
/** Between two looks of a line that is redrawn. */
const redrawMs = 100
/** Between two lines where nothing can be redrawn. */
const tellMs = 5_000
/** Cells of the bar itself. */
const cellsMax = 30
/** Columns that the numbers beside the bar take at most. */
const numbersMax = 52
/** Of the rate, how much the last look counts beside those before. */
const lastShare = 0.3

export interface ProgressParts {
  readonly clock: Clock
  readonly style: Style
  /** What is being done: `journal verify`. */
  readonly name: string
  /** What the numbers are; default a plain count. */
  readonly counts?: 'bytes' | undefined
  /** Where it is redrawn; undefined where lines are told instead. */
  readonly line: RedrawnLine | undefined
  tell(text: string): void
}

/** How work stands at one look. */
export interface Stand {
  readonly done: number
  readonly all: number
  readonly elapsedMs: number
  /** A second; 0 as long as nobody knows. */
  readonly rate: number
}

/** One piece of long work. `report` costs next to nothing: the looks are the clock's. */
export class Progress {
  readonly #parts: ProgressParts
  readonly #startMs: number
  #alarm: Alarm
  #done = 0
  #all = 0
  #rate = 0
  #lookedMs: number
  #lookedDone = 0
  #isShown = false

  constructor(parts: ProgressParts) {
    this.#parts = parts
    this.#startMs = this.#lookedMs = parts.clock.now()
    this.#alarm = this.#lookIn(parts.line === undefined ? tellMs : quietMs)
  }

  readonly report = (done: number, all: number): void => {
    this.#done = done
    this.#all = all
  }

  /** Takes the line away, and says no more. */
  end(): void {
    this.#alarm.cancel()
    if (this.#isShown) this.#parts.line?.clear()
  }

  #lookIn(ms: number): Alarm {
    const { clock } = this.#parts
    return clock.alarm(clock.now() + ms, () => this.#look())
  }

  #look(): void {
    const { line, clock } = this.#parts
    this.#alarm = this.#lookIn(line === undefined ? tellMs : redrawMs)
    // Work of which nothing is known yet has nothing to say.
    if (this.#all <= 0) return
    this.#measure(clock.now())
    const stand = {
      done: this.#done,
      all: this.#all,
      rate: this.#rate,
      elapsedMs: clock.now() - this.#startMs,
    }
    this.#isShown = true
    if (line === undefined) this.#parts.tell(progressText(stand, this.#parts))
    else line.show(progressLine(stand, this.#parts))
  }

  #measure(nowMs: number): void {
    const passedMs = nowMs - this.#lookedMs
    if (passedMs <= 0) return
    const rate = (Math.max(0, this.#done - this.#lookedDone) * 1_000) / passedMs
    this.#rate = this.#rate === 0 ? rate : this.#rate + (rate - this.#rate) * lastShare
    this.#lookedMs = nowMs
    this.#lookedDone = this.#done
  }
}

type Look = Pick<ProgressParts, 'style' | 'name' | 'counts'>

/** `journal verify  42 %, 1.2 GiB of 2.8 GiB, 310 MiB/s, 5s left`. */
export function progressText(stand: Stand, { name, counts }: Look): string {
  return `${name}  ${numbers(stand, counts)}`
}

/** The same with a bar, cut to the width of the terminal. */
export function progressLine(stand: Stand, { style, counts }: Look): string {
  const cells = Math.min(cellsMax, Math.max(0, style.columns - numbersMax - 4))
  const text = numbers(stand, counts)
  if (cells < 5) return text.slice(0, style.columns - 1)
  const filled = Math.floor(share(stand) * cells)
  const [full, empty] = style.isUnicode ? ['█', '░'] : ['#', '-']
  const bar = `${style.paint('active', full.repeat(filled))}${style.paint('faint', empty.repeat(cells - filled))}`
  return `${style.isUnicode ? bar : `[${bar}]`}  ${text.slice(0, style.columns - cells - 5)}`
}

/** What was done is at most what there is: whoever reports may have guessed. */
function share({ done, all }: Stand): number {
  return Math.min(1, Math.max(0, done / all))
}

function numbers(stand: Stand, counts: 'bytes' | undefined): string {
  const { done, all, rate } = stand
  const text = counts === 'bytes' ? sizeText : (count: number) => String(Math.round(count))
  const percent = `${Math.floor(share(stand) * 100)} %`.padStart(5)
  const left = rate > 0 ? `, ${timeText(roundedMs(((all - done) * 1_000) / rate))} left` : ''
  const speed = rate > 0 ? `, ${text(rate)}/s` : ''
  return `${percent}, ${text(Math.min(done, all))} of ${text(all)}${speed}${left}`
}

/** Whole seconds: a guess is not better than that. */
function roundedMs(ms: number): number {
  return Math.max(0, Math.ceil(ms / 1_000) * 1_000)
}
