// A program for threads: what is done to roots that live in several threads, step by step, made by chance.
import fc from 'fast-check'
import { moveSteps } from '../../../node/threads/mover.ts'
import type { Job, Send } from './mobile.ts'
import type { MoveStep } from '../../../node/threads/mover.ts'

/** Roots, and the children that they may have. */
export const roots: readonly string[] = ['a', 'b', 'c', 'd']
export const paths: readonly string[] = [...roots, 'a/kid', 'b/kid']

export type Step =
  | Send
  | { readonly act: 'settle' }
  | { readonly act: 'advance'; readonly ms: number }
  | { readonly act: 'watch' | 'kill' | 'stop' | 'spawn'; readonly target: string }
  | { readonly act: 'move'; readonly target: string; readonly slot: number }
  | { readonly act: 'lose' | 'freeze'; readonly slot: number }
  | { readonly act: 'doze'; readonly slot: number; readonly ms: number }

/** A thread that is ended in the middle of a move: at a step of it, its source, its target, or both. */
export interface Doom {
  readonly step: MoveStep
  readonly whom: 'source' | 'target' | 'both'
  /** Moves that come to that step before. */
  readonly after: number
}

export interface Program {
  readonly seed: number
  /** How long frames are on their way, in turn. */
  readonly delaysMs: readonly number[]
  readonly restarts: readonly ('permanent' | 'transient' | 'temporary')[]
  readonly slots: readonly number[]
  readonly dooms: readonly Doom[]
  readonly steps: readonly Step[]
}

function only<const T>(...values: T[]): fc.Arbitrary<T> {
  return fc.constantFrom(...values)
}

const target = only(...paths)
const ms = only(0, 1, 10, 50, 100)
const timeoutMs = only(1, 10, 50, 100)
const slot = fc.integer({ min: 0, max: 2 })

const workerSlot = fc.integer({ min: 1, max: 2 })

const acts = <const A extends Job['act']>(...names: A[]): fc.Arbitrary<Job> =>
  fc.constantFrom(...names.map((act) => ({ act }) as Job))

const simple: fc.Arbitrary<Job> = fc.oneof(
  { weight: 10, arbitrary: acts('note') },
  { weight: 5, arbitrary: acts('fault', 'aside', 'aside', 'unaside', 'unwatch', 'spawn') },
  { weight: 1, arbitrary: acts('crash', 'stop') },
  { weight: 1, arbitrary: fc.record({ act: only('become'), behaviour: only('on', 'night') }) },
  { weight: 2, arbitrary: fc.record({ act: only('pause'), times: fc.integer({ min: 0, max: 4 }) }) },
  { weight: 3, arbitrary: fc.record({ act: only('wait', 'after', 'after'), ms }) },
  { weight: 4, arbitrary: fc.record({ act: only('watch'), target }) },
  { weight: 1, arbitrary: fc.record({ act: only('kill', 'end'), target }) },
)

function sendOf(job: fc.Arbitrary<Job>): fc.Arbitrary<Send> {
  return fc.record({
    act: only('send'),
    how: only('tell', 'tell', 'tell', 'ask', 'ask', 'offer'),
    name: only('work', 'work', 'work', 'workAsync', 'workAsync', 'nonsense'),
    target,
    job,
    timeoutMs,
  })
}

const middle = fc.oneof({ weight: 2, arbitrary: simple }, sendOf(simple))
const outer = fc.oneof({ weight: 1, arbitrary: simple }, { weight: 2, arbitrary: sendOf(middle) })

const peaceful: readonly { weight: number; arbitrary: fc.Arbitrary<Step> }[] = [
  { weight: 24, arbitrary: sendOf(outer) },
  { weight: 3, arbitrary: fc.constant<Step>({ act: 'settle' }) },
  { weight: 3, arbitrary: fc.record({ act: only('advance'), ms }) },
  { weight: 2, arbitrary: fc.record({ act: only('watch', 'watch', 'kill', 'stop'), target }) },
  { weight: 1, arbitrary: fc.record({ act: only('spawn'), target: only(...roots) }) },
  { weight: 8, arbitrary: fc.record({ act: only('move'), target: only(...roots), slot }) },
  { weight: 1, arbitrary: fc.record({ act: only('doze'), slot: workerSlot, ms: only(1, 20, 150) }) },
]

const violent: readonly { weight: number; arbitrary: fc.Arbitrary<Step> }[] = [
  ...peaceful,
  { weight: 1, arbitrary: fc.record({ act: only('lose'), slot: workerSlot }) },
  { weight: 1, arbitrary: fc.record({ act: only('freeze'), slot: workerSlot }) },
]

function programsOf(
  steps: readonly { weight: number; arbitrary: fc.Arbitrary<Step> }[],
  dooms: fc.Arbitrary<Doom[]>,
): fc.Arbitrary<Program> {
  return fc.record({
    seed: fc.integer(),
    delaysMs: fc.oneof(
      fc.constant([0]),
      fc.array(only(0, 0, 1, 3), { minLength: 1, maxLength: 7, size: 'max' }),
    ),
    restarts: fc.array(only('permanent', 'transient', 'temporary'), { minLength: 4, maxLength: 4 }),
    slots: fc.array(slot, { minLength: 4, maxLength: 4 }),
    dooms,
    steps: fc.array(fc.oneof(...steps), { minLength: 10, maxLength: 80, size: 'max' }),
  })
}

/** Nothing is lost. */
export const moving: fc.Arbitrary<Program> = programsOf(peaceful, fc.constant([]))

/** Threads die: at the steps of moves, and at any moment. */
export const losing: fc.Arbitrary<Program> = programsOf(
  violent,
  fc.array(
    fc.record({
      step: only(...moveSteps),
      whom: only('source', 'target', 'both'),
      after: fc.integer({ min: 0, max: 3 }),
    }),
    { maxLength: 2 },
  ),
)
