// A race: the peers of one program, each in a process of its own, take turns repetition by repetition.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { median } from './quantile.ts'
import { peersOf } from './suite.ts'
import type { ChildProcess } from 'node:child_process'
import type { FigureSpec, Program, Suite } from './suite.ts'
import type { Peer, Sample } from './workload.ts'

/** The medians of one figure, of those peers that ran. */
export interface Result extends Readonly<Partial<Record<Peer, number>>> {
  readonly spec: FigureSpec
  readonly runs: number
}

/** How long one repetition may take, in milliseconds: none comes near, and one that hangs must not hold up the others for ever. */
const repetitionMsMax = 180_000
/** How long a process may take to end once its parent has let it go, in milliseconds. */
const endMsMax = 10_000

/** Hears how far a race has come: repetitions done, of how many. */
export type Progress = (done: number, of: number) => void

/**
 * Runs one program. The peers alternate, and change who goes first, so that a noisy neighbour troubles all alike; while one runs the
 * others sleep. Warm-ups are run and forgotten.
 * @throws if a peer's process ends before its time, or takes too long
 */
export async function race(
  suite: Suite,
  program: Program,
  options: { readonly runs: number; readonly onProgress?: Progress },
): Promise<Result[]> {
  const runs = Math.min(options.runs, program.runsMax ?? options.runs)
  const rounds = program.warmUps + runs
  await using stack = new AsyncDisposableStack()
  const runners = peersOf(suite, program).map((peer) => stack.use(new Runner(suite.name, program.name, peer)))
  for (let round = 0; round < rounds; round++) {
    for (const runner of round % 2 === 0 ? runners : runners.toReversed()) {
      const sample = await runner.repeat()
      if (round >= program.warmUps) runner.samples.push(sample)
    }
    options.onProgress?.(round + 1, rounds)
  }
  return program.figures.map((spec) => ({
    spec,
    ...Object.fromEntries(runners.map(({ peer, samples }) => [peer, medianOf(samples, spec.name)])),
    runs,
  }))
}

function medianOf(samples: readonly Sample[], name: string): number {
  return median(samples.map((sample) => valueOf(sample, name)))
}

function valueOf(sample: Sample, name: string): number {
  const value = sample[name]
  if (value === undefined) throw new Error(`the workload did not measure "${name}"`)
  return value
}

/** One peer's process, seen from outside. */
class Runner implements AsyncDisposable {
  readonly peer: Peer
  /** Those that count. */
  readonly samples: Sample[] = []
  readonly #child: ChildProcess
  readonly #what: string
  readonly #ended: Promise<void>

  constructor(suite: string, program: string, peer: Peer) {
    this.peer = peer
    this.#what = `${program} of ${peer}`
    // The child runs from the same kind of file: sources from the sources, the build from the build.
    const entry = fileURLToPath(
      new URL(`./child.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url),
    )
    this.#child = fork(entry, [suite, program, peer], { execArgv: [...process.execArgv, '--expose-gc'] })
    this.#ended = new Promise((resolve) => this.#child.once('exit', () => resolve()))
  }

  async repeat(): Promise<Sample> {
    const { promise, resolve, reject } = Promise.withResolvers<Sample>()
    const onExit = (code: number | null): void =>
      reject(new Error(`${this.#what} ended with code ${code ?? 'none'} in the middle`))
    this.#child.once('exit', onExit)
    const late = setTimeout(
      () => reject(new Error(`${this.#what} takes longer than ${repetitionMsMax / 1_000} s`)),
      repetitionMsMax,
    )
    // The child sends nothing but samples.
    this.#child.once('message', (sample) => resolve(sample as Sample))
    this.#child.send('repeat')
    try {
      return await promise
    } finally {
      clearTimeout(late)
      this.#child.off('exit', onExit)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.connected) this.#child.disconnect()
    const late = setTimeout(() => this.#child.kill('SIGKILL'), endMsMax)
    await this.#ended
    clearTimeout(late)
  }
}
