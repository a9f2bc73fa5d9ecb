// Tests of traces: what passes through one actor, step by step, and never more than was asked for.
import { describe, expect, test } from 'vitest'
import { defineActor, Fault } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { traceMsMax, tracesMax, traceStepsMax } from '../../runtime/trace.ts'
import type { Ref } from 'troupe'
import type { TestNode } from 'troupe/testing'
import type { TraceBounds, TraceStep } from '../../runtime/trace.ts'

const worker = defineActor('worker', {
  on: {
    work: (_self, value: number) => value,
    async slowly(_self, value: number) {
      await Promise.resolve()
      return value
    },
    aside: (self) => self.stash(),
    refuse() {
      throw new Fault('work-refused', 'Cannot work: it will not', { hint: 'Wait.' })
    },
    crash() {
      throw new Error('broken')
    },
    later: (self, ms: number) => self.after(ms, 'work', 1),
    sendOn: (_self, to: Ref) => to.tell('work', 5),
  },
})

interface Watched {
  readonly steps: TraceStep[]
  readonly ends: number[]
  readonly stop: () => void
}

function trace(node: TestNode, path: string, bounds: TraceBounds): Watched {
  const steps: TraceStep[] = []
  const ends: number[] = []
  const stop = node.runtime.traces.start(node.runtime.cellAt(path)!, bounds, {
    onStep: (step) => steps.push(step),
    onEnd: () => ends.push(node.clock.now()),
  })
  return { steps, ends, stop }
}

const many = { stepsMax: 1_000, forMs: 1_000 }
const shown = (steps: TraceStep[]): string[] =>
  steps.map(({ kind, from, message, isAsk, outcome }) =>
    [kind, from === '' ? '-' : from, isAsk ? `${message}?` : message, outcome].join(' ').trim(),
  )

test('each message is seen twice, with its sender and what became of it', async () => {
  await using node = await startTestNode()
  const ref: Ref = await node.spawn(worker, 'w')
  const other = await node.spawn(worker, 'o')
  const { steps } = trace(node, 'w', many)
  ref.tell('work', 1)
  await ref.ask('slowly', 2)
  for (const name of ['aside', 'refuse', 'nonsense']) {
    ref.tell(name)
    await node.settle()
  }
  await ref.ask('refuse').catch(() => undefined)
  other.tell('sendOn', ref)
  await node.settle()
  ref.tell('later', 7)
  await node.advance(7)
  expect(shown(steps)).toEqual([
    'sent - work',
    'sent - slowly?',
    'handled - work handled',
    'handled - slowly? handled',
    'sent - aside',
    'handled - aside stashed',
    'sent - refuse',
    'handled - refuse handler-failed',
    'sent - nonsense',
    'handled - nonsense message-unknown',
    'sent - refuse?',
    'handled - refuse? work-refused',
    'sent o work',
    'handled o work handled',
    'sent - later',
    'handled - later handled',
    'sent w work',
    'handled w work handled',
  ])
  expect(steps.at(-1)).toMatchObject({ atMs: 7, to: 'w' })
})

test('what another actor gets is not seen', async () => {
  await using node = await startTestNode()
  const [, other] = await Promise.all([node.spawn(worker, 'w'), node.spawn(worker, 'o')])
  const { steps } = trace(node, 'w', many)
  await other.ask('work', 1)
  expect(steps).toEqual([])
})

describe('bounds', () => {
  test('a trace ends after its last step, and says so once', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(worker, 'w')
    const { steps, ends } = trace(node, 'w', { stepsMax: 3, forMs: 1_000 })
    for (let i = 0; i < 5; i++) await ref.ask('work', i)
    await node.advance(2_000)
    expect([steps.length, ends, node.runtime.traces.count]).toEqual([3, [0], 0])
    expect(node.runtime.host.timers.count).toBe(0)
  })

  test('a trace ends with its time, and says so once', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(worker, 'w')
    const { steps, ends } = trace(node, 'w', { stepsMax: 100, forMs: 50 })
    await node.advance(49)
    await ref.ask('work', 1)
    await node.advance(1)
    await ref.ask('work', 2)
    expect([steps.length, ends]).toEqual([2, [50]])
  })

  test('a trace can be ended early, and only once', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(worker, 'w')
    const { steps, ends, stop } = trace(node, 'w', many)
    stop()
    stop()
    await ref.ask('work', 1)
    expect([steps, ends, node.runtime.host.timers.count]).toEqual([[], [0], 0])
  })

  test('one of two traces of an actor goes on when the other ends', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(worker, 'w')
    const [short, long] = [trace(node, 'w', { stepsMax: 1, forMs: 100 }), trace(node, 'w', many)]
    for (let i = 0; i < 3; i++) await ref.ask('work', i)
    expect([short.steps.length, long.steps.length]).toEqual([1, 6])
  })

  test('a trace goes on over a restart', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(worker, 'w')
    const { steps } = trace(node, 'w', many)
    ref.tell('crash')
    await ref.ask('work', 1)
    expect(shown(steps)).toContain('handled - crash handler-failed')
    expect(shown(steps)).toContain('handled - work? handled')
  })

  test(`no more than ${tracesMax} run at once`, async () => {
    await using node = await startTestNode()
    await node.spawn(worker, 'w')
    for (let i = 0; i < tracesMax; i++) trace(node, 'w', many)
    expect(() => trace(node, 'w', many)).toThrow(expect.objectContaining({ code: 'traces-full' }))
    await node.advance(1_000)
    expect(node.runtime.traces.count).toBe(0)
  })

  for (const bounds of [
    { stepsMax: 0, forMs: 1 },
    { stepsMax: 1.5, forMs: 1 },
    { stepsMax: traceStepsMax + 1, forMs: 1 },
    { stepsMax: 1, forMs: 0 },
    { stepsMax: 1, forMs: traceMsMax + 1 },
    { stepsMax: Number.NaN, forMs: Number.NaN },
  ]) {
    test(`${bounds.stepsMax} steps within ${bounds.forMs} ms are refused`, async () => {
      await using node = await startTestNode()
      await node.spawn(worker, 'w')
      expect(() => trace(node, 'w', bounds)).toThrow(expect.objectContaining({ code: 'trace-invalid' }))
      expect(node.runtime.traces.count).toBe(0)
    })
  }
})
