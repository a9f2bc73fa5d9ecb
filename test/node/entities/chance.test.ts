// Properties of entities: whatever is sent to them while they wake, sleep, move and lose their threads, nothing is handled twice or out of turn.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { startTestNode } from 'troupe/testing'
import { absent, settling } from '../../../runtime/cell-flags.ts'
import { checkFifo } from '../../../scenarios/testing/checkers/check-fifo.ts'
import { checkOnce } from '../../../scenarios/testing/checkers/check-once.ts'
import { newScene, scribe } from './scribe.ts'
import type { TestNode } from 'troupe/testing'
import type { Fault, Ref } from 'troupe'
import type { Runtime } from '../../../runtime/runtime.ts'
import type { Job, Scene } from './scribe.ts'

const runs = Number(process.env['TROUPE_RUNS'] ?? 400)
const seed = Number(process.env['TROUPE_SEED'] ?? 1)
const load = ['test/node/entities/scribe.ts']
const keys = ['a', 'b', 'c', 'd', 'e'] as const
const idleMs = 100

type Step =
  | { readonly act: 'tell' | 'ask' | 'offer'; readonly to: string; readonly job: Job }
  | { readonly act: 'advance'; readonly ms: number }
  | { readonly act: 'move'; readonly to: string; readonly slot: number }
  | { readonly act: 'stop'; readonly to: string }
  | { readonly act: 'lose'; readonly slot: number }

interface Program {
  readonly seed: number
  readonly delaysMs: readonly number[]
  readonly residentMax: number
  readonly threads: number
  readonly steps: readonly Step[]
}

const key = fc.constantFrom(...keys)
const plain: fc.Arbitrary<Job> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Job>({ act: 'note' }) },
  { weight: 1, arbitrary: fc.constant<Job>({ act: 'last' }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('wait' as const), ms: fc.constantFrom(0, 5, 150) }) },
)
const send = (job: fc.Arbitrary<Job>): fc.Arbitrary<Job> =>
  fc.record({ act: fc.constant('send' as const), to: key, job })
const job = fc.oneof(plain, send(plain), send(send(plain)))

const peaceful: readonly fc.WeightedArbitrary<Step>[] = [
  {
    weight: 12,
    arbitrary: fc.record({ act: fc.constantFrom('tell', 'tell', 'tell', 'ask', 'offer'), to: key, job }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      act: fc.constant('advance' as const),
      ms: fc.constantFrom(0, 1, 10, 60, 130, 400, 61_000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('move' as const),
      to: key,
      slot: fc.integer({ min: 0, max: 2 }),
    }),
  },
]
const violent: readonly fc.WeightedArbitrary<Step>[] = [
  ...peaceful,
  { weight: 1, arbitrary: fc.record({ act: fc.constant('stop' as const), to: key }) },
  {
    weight: 1,
    arbitrary: fc.record({ act: fc.constant('lose' as const), slot: fc.integer({ min: 1, max: 2 }) }),
  },
]

function programs(
  steps: readonly fc.WeightedArbitrary<Step>[],
  parts: { readonly threads: number; readonly residentMax: fc.Arbitrary<number> },
): fc.Arbitrary<Program> {
  return fc.record({
    seed: fc.integer(),
    delaysMs: fc.array(fc.constantFrom(0, 0, 1, 3, 40), { minLength: 1, maxLength: 7, size: 'max' }),
    residentMax: parts.residentMax,
    threads: fc.constant(parts.threads),
    steps: fc.array(fc.oneof(...steps), { minLength: 5, maxLength: 60, size: 'max' }),
  })
}

/** Runs a program to its end, and says what was wrong. */
async function flawsOf(program: Program, counts: Map<string, number>): Promise<string[]> {
  const scene = newScene()
  let frames = 0
  const { delaysMs, residentMax, threads } = program
  const node = await startTestNode({
    seed: program.seed,
    strict: false,
    ...(threads === 0 ? {} : { threads, load, delayMs: () => delaysMs[frames++ % delaysMs.length] ?? 0 }),
  })
  scene.isAlive = (cell) => living(node).some((runtime) => runtime.host === cell.host)
  node.entities(scribe, { idleMs, residentMax })
  for (const one of keys) scene.refs.set(one, node.entity(scribe, one) as unknown as Ref)
  const open: Promise<void>[] = []
  for (const step of program.steps) await take(node, scene, step, open)
  await node.advance(30_000)
  await Promise.all(open)
  const flaws = [...judge(node, scene), ...leftovers(node)]
  const isPeaceful = !program.steps.some(({ act }) => act === 'lose' || act === 'stop')
  if (isPeaceful) flaws.push(...lost(scene).map((id) => `message ${id} is lost`))
  const { tally } = node.entityKeeper.register.get('scribe')!
  for (const [what, count] of Object.entries(tally)) counts.set(what, (counts.get(what) ?? 0) + count)
  try {
    await node[Symbol.asyncDispose]()
  } catch (error) {
    flaws.push(`${String(error)} ${JSON.stringify((error as Fault).details)}`)
  }
  return flaws
}

function living(node: TestNode): Runtime[] {
  const alive = node.threads.alive.flatMap((id) => node.residents.get(id)?.station.runtime ?? [])
  return [node.runtime, ...alive]
}

async function take(node: TestNode, scene: Scene, step: Step, open: Promise<void>[]): Promise<void> {
  if (step.act === 'advance') return await node.advance(step.ms)
  if (step.act === 'lose') {
    scene.losses++
    return node.killThread(step.slot)
  }
  const ref = scene.refs.get(step.to)!
  if (step.act === 'stop') return ref.stop()
  if (step.act === 'move') {
    if (node.fleet !== undefined) open.push(node.move(ref, { thread: step.slot }).catch(() => undefined))
    return undefined
  }
  const id = scene.sent(step.act === 'offer' ? 'main offering' : 'main', step.to)
  const letter = { id, job: step.job }
  if (step.act === 'tell') ref.tell('work', letter)
  else if (step.act === 'ask')
    open.push(
      ref.ask('work', letter, { timeoutMs: 20_000 }).then(
        () => undefined,
        () => undefined,
      ),
    )
  else
    open.push(
      ref.offer('work', letter, { timeoutMs: 20_000 }).catch((fault: Fault) => {
        if (fault.outcome !== 'unknown') scene.history.push({ type: 'dead', id, reason: fault.code })
      }),
    )
}

function judge(node: TestNode, { history }: Scene): string[] {
  for (const runtime of living(node))
    for (const { reason, envelope } of runtime.host.deadLetters.list()) {
      const { id } = envelope.payload as { id: number }
      // Of a handler that was cut off nobody knows how far it came.
      if (reason !== 'handler-abandoned') history.push({ type: 'dead', id, reason })
    }
  return [checkOnce(history), checkFifo(history)].flatMap(({ holds, reason }) =>
    holds === false ? [reason] : [],
  )
}

/** What has neither been handled nor died. */
function lost({ history }: Scene): number[] {
  const fates = new Set(
    history.flatMap((event) => (event.type === 'handled' || event.type === 'dead' ? [event.id] : [])),
  )
  return history.flatMap((event) => (event.type === 'sent' && !fates.has(event.id) ? [Number(event.id)] : []))
}

function leftovers(node: TestNode): string[] {
  const flaws: string[] = []
  const { register, waiting } = node.entityKeeper
  if (register.resident !== 0) flaws.push(`${register.resident} are said to be awake`)
  if (waiting.count !== 0) flaws.push(`${waiting.count} wait for room`)
  for (const { top, state } of node.fleet?.office.homes.entries() ?? [])
    flaws.push(`"${top}" is ${state} for ever`)
  for (const [index, runtime] of living(node).entries()) {
    for (const cell of runtime.cells()) {
      const isThere = (cell.flags & (absent & ~settling)) === 0
      flaws.push(`"${cell.path}" never slept in ${index}: ${cell.flags} ${String(isThere)}`)
    }
    const { elsewhere } = runtime.host
    const roads = elsewhere as { held?: number; flushing?: number } | undefined
    if ((roads?.held ?? 0) > 0) flaws.push(`${roads?.held} are held in ${index}`)
    if ((roads?.flushing ?? 0) > 0) flaws.push(`${roads?.flushing} flushes are open in ${index}`)
    flaws.push(...runtime.audit().differences)
  }
  return flaws
}

async function check(arbitrary: fc.Arbitrary<Program>): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(arbitrary, async (program) => {
      expect(await flawsOf(program, counts)).toEqual([])
    }),
    { numRuns: runs, seed },
  )
  return counts
}

const plenty = fc.constant(1_000)
const scarce = fc.constantFrom(1, 2, 3)

test('in one thread nothing is lost, handled twice or out of turn', async () => {
  const counts = await check(programs(peaceful, { threads: 0, residentMax: plenty }))
  expect(counts.get('passivated')).toBeGreaterThan(runs)
}, 300_000)

test('in one thread with room for few the same holds, and what is refused is said', async () => {
  const counts = await check(programs(peaceful, { threads: 0, residentMax: scarce }))
  expect(counts.get('evicted')).toBeGreaterThan(runs)
  expect(counts.get('refusedFull')).toBeGreaterThan(0)
}, 300_000)

test('in threads, while entities wake, sleep and move, nothing is lost, handled twice or out of turn', async () => {
  const counts = await check(programs(peaceful, { threads: 2, residentMax: plenty }))
  expect(counts.get('passivated')).toBeGreaterThan(runs)
}, 300_000)

test('in threads with room for few the same holds', async () => {
  const counts = await check(programs(peaceful, { threads: 2, residentMax: scarce }))
  expect(counts.get('evicted')).toBeGreaterThan(runs)
}, 300_000)

test('when threads are lost the rest goes on: nothing twice, nothing out of turn between two losses, nobody awake for ever', async () => {
  const counts = await check(programs(violent, { threads: 2, residentMax: fc.oneof(plenty, scarce) }))
  expect(counts.get('activated')).toBeGreaterThan(runs)
}, 300_000)
