// The tests of memory threads: the contract, and what a test does to them.
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../runtime/random.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { MemoryThreads } from '../../../scenarios/testing/memory-threads.ts'
import { startIn, threadsContract } from '../../contracts/threads.ts'
import { letter } from '../../node/threads/courier.ts'
import { runThread } from '../../node/threads/courier-body.ts'
import type { RunThread } from '../../../scenarios/testing/memory-threads.ts'

function make(run: RunThread = runThread): { clock: ManualClock; threads: MemoryThreads } {
  const clock = new ManualClock()
  return { clock, threads: new MemoryThreads({ clock, random: seededRandom(1), run }) }
}

threadsContract(() => make().threads)

describe('a killed thread', () => {
  test('is lost once, and nothing of it runs any more', async () => {
    const steps: string[] = []
    const { clock, threads } = make(async (_inside, own) => {
      const step = (): void => {
        steps.push('alarm')
        own.clock.alarm(own.clock.now() + 10, step)
        own.clock.soon(() => steps.push('soon'))
        own.clock.later(() => steps.push('later'))
      }
      own.clock.alarm(own.clock.now() + 10, step)
    })
    const { reasons } = startIn(threads, 1)
    await clock.advance(10)
    expect(steps).toEqual(['alarm', 'soon', 'later'])
    threads.kill(1)
    threads.kill(1)
    await clock.advance(100)
    expect(steps).toHaveLength(3)
    expect(reasons.map(({ code }) => code)).toEqual(['thread-crashed'])
    expect(threads.alive).toEqual([])
    expect(clock.pendingAlarms).toBe(0)
  })

  test('takes with it what waited for it, and its wires are cut on all other sides', async () => {
    const { clock, threads } = make()
    const [one, two] = [startIn(threads, 1), startIn(threads, 2)]
    one.thread.connect(two.thread)
    await clock.settle()
    two.thread.wire.write('messages', letter(0, 1))
    threads.kill(2)
    await clock.settle()
    expect(two.inbox.unread).toBe(0)
    expect(await two.inbox.closed).toBe('cut')
    expect((await one.inbox.next()).slice(0, 2)).toEqual([2, -2])
    expect(one.reasons).toEqual([])
    expect(threads.alive).toEqual([1])
  })

  test('hears nothing of its own end, and what a promise of it does later goes nowhere', async () => {
    const heard: string[] = []
    const go = Promise.withResolvers<void>()
    const { clock, threads } = make(async ({ wire }) => {
      wire.listen({
        frame: () => undefined,
        room: () => undefined,
        closed: (why) => heard.push(why),
      })
      await go.promise
      heard.push(String(wire.write('messages', letter(1))))
    })
    const { inbox } = startIn(threads, 1)
    await clock.settle()
    threads.kill(1)
    go.resolve()
    await clock.settle()
    expect(heard).toEqual(['false'])
    expect(inbox.unread).toBe(0)
  })
})

describe('a frozen thread', () => {
  test('does nothing until it thaws, then all that came, in order', async () => {
    const { clock, threads } = make()
    const { thread, inbox, reasons } = startIn(threads, 1)
    await clock.settle()
    threads.freeze(1)
    for (const number of [1, 2, 3]) thread.wire.write('messages', letter(0, number))
    await clock.advance(1_000)
    expect(inbox.unread).toBe(0)
    threads.thaw(1)
    await clock.settle()
    expect([await inbox.next(), await inbox.next(), await inbox.next()].map(([number]) => number)).toEqual([
      1, 2, 3,
    ])
    expect(reasons).toEqual([])
  })

  test('has taken nothing of what waits for it', async () => {
    const { clock, threads } = make()
    const { thread } = startIn(threads, 1)
    await clock.settle()
    threads.freeze(1)
    for (const number of [1, 2, 3]) thread.wire.write('messages', letter(0, number))
    await clock.settle()
    expect(thread.wire.counts('messages')).toEqual({ written: 3, taken: 0 })
    threads.thaw(1)
    await clock.settle()
    expect(thread.wire.counts('messages')).toEqual({ written: 3, taken: 3 })
  })

  test('runs its alarms late, in their order, and not those cancelled meanwhile', async () => {
    const rung: string[] = []
    let cancel = (): void => undefined
    const { clock, threads } = make(async (_inside, own) => {
      own.clock.alarm(20, () => {
        rung.push('20')
        cancel()
      })
      own.clock.alarm(10, () => rung.push('10'))
      const alarm = own.clock.alarm(30, () => rung.push('30'))
      cancel = () => alarm.cancel()
    })
    startIn(threads, 1)
    await clock.settle()
    threads.freeze(1)
    await clock.advance(100)
    expect(rung).toEqual([])
    threads.thaw(1)
    await clock.settle()
    expect(rung).toEqual(['10', '20'])
  })

  test('shows that it is stalled by its usage: it is active and does not turn', async () => {
    const { clock, threads } = make()
    const { thread } = startIn(threads, 1)
    await clock.advance(50)
    threads.freeze(1)
    await clock.advance(30)
    expect(thread.usage()).toEqual({ idleMs: 50, activeMs: 30, turns: 1 })
    threads.thaw(1)
    await clock.advance(20)
    expect(thread.usage()).toEqual({ idleMs: 70, activeMs: 30, turns: 1 })
  })

  test('can be terminated', async () => {
    const { clock, threads } = make()
    const { thread, lost } = startIn(threads, 1)
    threads.freeze(1)
    await thread.terminate()
    threads.thaw(1)
    expect((await lost).code).toBe('thread-terminated')
    await clock.advance(1_000)
    expect(thread.usage()).toEqual({ idleMs: 0, activeMs: 0, turns: 0 })
  })
})

test('a thread that takes time to start is ready after it', async () => {
  const clock = new ManualClock()
  const threads = new MemoryThreads({ clock, random: seededRandom(1), run: runThread, startMs: 40 })
  const { thread, inbox } = startIn(threads, 1)
  thread.wire.write('messages', letter(0, 1))
  await clock.advance(39)
  expect(inbox.unread).toBe(0)
  await clock.advance(1)
  expect((await inbox.next())[0]).toBe(1)
})

test('each thread draws its own numbers, the same in each run', async () => {
  const drawn = async (): Promise<number[]> => {
    const numbers: number[] = []
    const { clock, threads } = make(async (_inside, { random }) => void numbers.push(random.next()))
    startIn(threads, 1)
    startIn(threads, 2)
    await clock.settle()
    return numbers
  }
  const first = await drawn()
  expect(new Set(first).size).toBe(2)
  expect(await drawn()).toEqual(first)
})
