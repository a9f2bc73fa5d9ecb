// A program: what is done to a crowd from outside, step by step, made by chance; and the run of one.
import fc from 'fast-check'
import { startTestNode } from 'troupe/testing'
import { Crowd, paths, roots } from './crowd.ts'
import type { CrowdOptions, Job, Send } from './crowd.ts'
import type { History } from '../../scenarios/testing/checkers/history.ts'

export type Step =
  | Send
  | { readonly act: 'settle' }
  | { readonly act: 'advance'; readonly ms: number }
  | { readonly act: 'watch' | 'kill' | 'stop' | 'spawn'; readonly target: string }

export interface Program {
  readonly seed: number
  readonly options: CrowdOptions
  readonly steps: readonly Step[]
}

/** Long enough for every deadline and delay of a program; what takes longer the end of the node cuts off. */
const lastMs = 1_000

function only<const T>(...values: T[]): fc.Arbitrary<T> {
  return fc.constantFrom(...values)
}

const target = only(...paths)
// Times that meet: deadlines that fall together with replies and with each other.
const ms = only(0, 1, 10, 50, 100)
const timeoutMs = only(1, 10, 50, 100)

type PlainJob = Exclude<
  Job,
  { readonly target: string } | { readonly ms: number } | { readonly times: number }
>

const plain = (...acts: Exclude<PlainJob['act'], 'become'>[]): fc.Arbitrary<Job> =>
  fc.constantFrom(...acts.map((act) => ({ act })))

const simple: fc.Arbitrary<Job> = fc.oneof(
  { weight: 10, arbitrary: plain('note') },
  { weight: 6, arbitrary: plain('fault', 'aside', 'aside', 'unaside', 'unwatch', 'spawn') },
  { weight: 2, arbitrary: plain('crash', 'crash', 'stop') },
  { weight: 1, arbitrary: fc.record({ act: only('become'), behaviour: only('on', 'night') }) },
  { weight: 3, arbitrary: fc.record({ act: only('pause'), times: fc.integer({ min: 0, max: 4 }) }) },
  { weight: 3, arbitrary: fc.record({ act: only('wait', 'wait', 'after', 'every'), ms }) },
  { weight: 6, arbitrary: fc.record({ act: only('watch'), target }) },
  { weight: 1, arbitrary: fc.record({ act: only('kill', 'end'), target }) },
)

function sendOf(job: fc.Arbitrary<Job>): fc.Arbitrary<Send> {
  return fc.record({
    act: only('send'),
    how: only('tell', 'tell', 'ask', 'ask', 'offer'),
    name: only('work', 'work', 'work', 'workAsync', 'workAsync', 'workAsync', 'nonsense'),
    target,
    job,
    timeoutMs,
  })
}

const inner = fc.oneof({ weight: 30, arbitrary: simple }, fc.constant<Job>({ act: 'never' }))
const middle = fc.oneof({ weight: 3, arbitrary: inner }, sendOf(inner))
const outer = fc.oneof({ weight: 2, arbitrary: inner }, sendOf(middle))

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 20, arbitrary: sendOf(outer) },
  { weight: 2, arbitrary: fc.constant<Step>({ act: 'settle' }) },
  { weight: 2, arbitrary: fc.record({ act: only('advance'), ms }) },
  { weight: 3, arbitrary: fc.record({ act: only('watch', 'watch', 'kill', 'stop'), target }) },
  { weight: 2, arbitrary: fc.record({ act: only('spawn'), target: only(...roots) }) },
)

export const programs: fc.Arbitrary<Program> = fc.record({
  seed: fc.integer(),
  options: fc.record({
    messagesMax: only(2, 5, 100),
    overflow: only('reject', 'drop-newest', 'drop-oldest'),
    strategy: only('one-for-one', 'one-for-all', 'rest-for-one'),
    restarts: fc.array(only('permanent', 'transient', 'temporary'), { minLength: 4, maxLength: 4 }),
  }),
  steps: fc.array(step, { minLength: 10, maxLength: 100, size: 'max' }),
})

/** Runs a program to the end of its node, and returns all that was seen. @throws {Fault} `books-unbalanced` */
export async function run({ seed, options, steps }: Program): Promise<History> {
  const node = await startTestNode({ seed })
  const crowd = new Crowd(node, options)
  for (const path of roots) await crowd.spawn(path)
  for (const next of steps) await perform(crowd, next, node)
  await node.advance(lastMs)
  await node[Symbol.asyncDispose]()
  await node.settle()
  crowd.close()
  return crowd.history
}

async function perform(
  crowd: Crowd,
  next: Step,
  node: Awaited<ReturnType<typeof startTestNode>>,
): Promise<void> {
  switch (next.act) {
    case 'send':
      crowd.send('outside', next).catch(() => undefined)
      return
    case 'settle':
      await node.settle()
      crowd.history.push({ type: 'books', path: '', account: node.audit() })
      return
    case 'advance':
      return node.advance(next.ms)
    case 'spawn':
      return crowd.spawn(next.target)
    case 'watch':
      crowd.watch(next.target)
      return
    case 'kill':
    case 'stop':
      crowd.ref(next.target)?.[next.act]()
  }
}
