// Tests of the timer queue: order, cancelling, one alarm, bounded batches.
import { describe, expect, test } from 'vitest'
import { TimerQueue, timerBatchMax } from '../../runtime/timer-queue.ts'
import { ManualClock } from '../../scenarios/testing/manual-clock.ts'
import type { TimerEntry } from '../../runtime/timer-queue.ts'

class Timer implements TimerEntry {
  dueMs = 0
  seq = 0
  heapIndex = -1
  readonly due: () => void

  constructor(due: () => void = () => undefined) {
    this.due = due
  }
}

function setUp(): { clock: ManualClock; timers: TimerQueue; rung: string[]; timer: (name: string) => Timer } {
  const clock = new ManualClock()
  const rung: string[] = []
  const timer = (name: string): Timer => new Timer(() => rung.push(`${name}@${clock.now()}`))
  return { clock, timers: new TimerQueue(clock), rung, timer }
}

describe('order', () => {
  test('timers come due in the order of their times, each at its own', async () => {
    const { clock, timers, rung, timer } = setUp()
    for (const ms of [30, 10, 20.5, 20.25]) timers.add(timer('t'), ms)
    await clock.advance(25)
    expect(rung).toEqual(['t@10', 't@20.25', 't@20.5'])
    await clock.advance(5)
    expect(rung.at(-1)).toBe('t@30')
    expect(timers.count).toBe(0)
  })

  test('timers due at the same time come in the order they were added', async () => {
    const { clock, timers, rung, timer } = setUp()
    const names = Array.from({ length: 200 }, (_, index) => `t${index}`)
    for (const name of names) timers.add(timer(name), 10)
    await clock.advance(10)
    expect(rung).toEqual(names.map((name) => `${name}@10`))
  })

  test('a timer that was taken out and added again goes behind its equals', async () => {
    const { clock, timers, rung, timer } = setUp()
    const again = timer('again')
    timers.add(timer('first'), 10)
    timers.add(again, 10)
    timers.add(timer('last'), 10)
    timers.remove(again)
    timers.add(again, 10)
    await clock.advance(10)
    expect(rung).toEqual(['first@10', 'last@10', 'again@10'])
  })

  test('a timer in the past comes due without time passing, but not within add', async () => {
    const { clock, timers, rung, timer } = setUp()
    await clock.advance(100)
    timers.add(timer('late'), 50)
    expect(rung).toEqual([])
    await clock.advance(0)
    expect(rung).toEqual(['late@100'])
  })

  test('a timer at Infinity waits without an alarm', async () => {
    const { clock, timers, timer } = setUp()
    timers.add(timer('never'), Infinity)
    timers.add(timer('once'), 5)
    await clock.advance(1e9)
    expect([timers.count, clock.pendingAlarms]).toEqual([1, 0])
  })
})

describe('removing', () => {
  test('a removed timer does not come due; remove says whether it was in', async () => {
    const { clock, timers, rung, timer } = setUp()
    const [gone, kept] = [timer('gone'), timer('kept')]
    timers.add(gone, 10)
    timers.add(kept, 10)
    expect([timers.remove(gone), timers.remove(gone)]).toEqual([true, false])
    await clock.advance(10)
    expect(rung).toEqual(['kept@10'])
    expect(timers.remove(kept)).toBe(false)
  })

  test('a timer can remove one that is due at the same time', async () => {
    const { clock, timers, rung, timer } = setUp()
    const victim = timer('victim')
    timers.add(new Timer(() => timers.remove(victim)), 10)
    timers.add(victim, 10)
    await clock.advance(10)
    expect(rung).toEqual([])
  })

  test('200,000 timers that are removed leave an empty queue that still keeps order', async () => {
    const { clock, timers, rung, timer } = setUp()
    const many = Array.from({ length: 200_000 }, () => new Timer())
    for (const [index, one] of many.entries()) timers.add(one, 1_000 + ((index * 7_919) % 100_003))
    expect(timers.count).toBe(200_000)
    for (const one of many) expect(timers.remove(one)).toBe(true)
    expect(timers.count).toBe(0)
    for (const ms of [9, 8, 7]) timers.add(timer('t'), ms)
    await clock.advance(10)
    expect(rung).toEqual(['t@7', 't@8', 't@9'])
  })
})

describe('the alarm', () => {
  test('there is one for any number of timers, and it follows the earliest', async () => {
    const { clock, timers, timer, rung } = setUp()
    for (const ms of [50, 40, 60, 30, 30, 70]) {
      timers.add(timer('t'), ms)
      expect(clock.pendingAlarms).toBe(1)
    }
    await clock.advance(30)
    expect(rung).toEqual(['t@30', 't@30'])
    expect(clock.pendingAlarms).toBe(1)
  })

  test('asks that end in time set one alarm, not one each', async () => {
    let alarms = 0
    class CountingClock extends ManualClock {
      override alarm(atMs: number, run: () => void): ReturnType<ManualClock['alarm']> {
        alarms++
        return super.alarm(atMs, run)
      }
    }
    const clock = new CountingClock()
    const timers = new TimerQueue(clock)
    for (let i = 0; i < 1_000; i++) {
      const ask = new Timer()
      timers.add(ask, clock.now() + 5_000)
      timers.remove(ask)
      await clock.advance(1)
    }
    expect(alarms).toBe(1)
  })

  test('an alarm that finds nothing due is set to the next timer, or not at all', async () => {
    const { clock, timers, rung, timer } = setUp()
    const first = timer('first')
    timers.add(first, 10)
    timers.add(timer('second'), 20)
    timers.remove(first)
    await clock.advance(15)
    expect([rung, clock.pendingAlarms]).toEqual([[], 1])
    await clock.advance(5)
    expect([rung, clock.pendingAlarms]).toEqual([['second@20'], 0])
  })
})

describe('running what is due', () => {
  test('it rings those that are due by the given time, and leaves the others to their alarm', async () => {
    const { clock, timers, rung, timer } = setUp()
    for (const ms of [3, 1, 2]) timers.add(timer(`t${ms}`), ms)
    timers.runDue(2)
    expect(rung).toEqual(['t1@0', 't2@0'])
    await clock.advance(10)
    expect(rung.slice(2)).toEqual(['t3@3'])
  })

  test('a timer added by one that rings so is not forgotten', async () => {
    const { clock, timers, rung, timer } = setUp()
    timers.add(new Timer(() => timers.add(timer('next'), 7)), 5)
    timers.runDue(5)
    await clock.advance(10)
    expect(rung).toEqual(['next@7'])
  })

  test('a flood is cut as an alarm would cut it, and the alarm brings the rest', async () => {
    const { clock, timers, rung, timer } = setUp()
    for (let i = 0; i < timerBatchMax + 10; i++) timers.add(timer('t'), 1)
    timers.runDue(1)
    expect(rung).toHaveLength(timerBatchMax)
    await clock.advance(1)
    expect(rung).toHaveLength(timerBatchMax + 10)
  })
})

describe('batches', () => {
  test('after 512 due timers others get their share, then it goes on in order', async () => {
    const { clock, timers, rung, timer } = setUp()
    const count = timerBatchMax * 2 + 1
    timers.add(new Timer(() => clock.later(() => rung.push('io'))), 10)
    for (let i = 1; i < count; i++) timers.add(timer(`t${i}`), 10)
    await clock.advance(10)
    expect(rung.indexOf('io')).toBe(timerBatchMax - 1)
    expect(rung.filter((name) => name !== 'io')).toEqual(
      Array.from({ length: count - 1 }, (_, i) => `t${i + 1}@10`),
    )
  })

  test('a timer that adds itself for now again and again keeps nobody from the event loop', async () => {
    const { clock, timers, rung } = setUp()
    let beats = 0
    const timer = new Timer(() => {
      beats++
      if (rung.length === 0) timers.add(timer, clock.now())
    })
    timers.add(new Timer(() => clock.later(() => rung.push('io'))), 10)
    timers.add(timer, 10)
    await clock.advance(10)
    expect([rung, beats]).toEqual([['io'], timerBatchMax])
  })

  test('a timer added within a batch, even one in the past, sets no second alarm', async () => {
    const { clock, timers, timer } = setUp()
    timers.add(
      new Timer(() => {
        timers.add(timer('next'), 20)
        timers.add(timer('past'), 5)
        expect(clock.pendingAlarms).toBe(0)
      }),
      10,
    )
    await clock.advance(10)
    expect(clock.pendingAlarms).toBe(1)
  })
})

describe('mistakes', () => {
  test('a timer that throws against its word takes no other with it', async () => {
    const { clock, timers, rung, timer } = setUp()
    timers.add(timer('before'), 10)
    timers.add(
      new Timer(() => {
        throw new Error('bug')
      }),
      10,
    )
    timers.add(timer('after'), 10)
    timers.add(timer('much later'), 20)
    await expect(clock.advance(10)).rejects.toThrow('bug')
    await clock.advance(10)
    expect(rung).toEqual(['before@10', 'after@10', 'much later@20'])
  })

  test('to add a timer twice, to add it at no time, or to remove it from another queue is a bug', () => {
    const { clock, timers, timer } = setUp()
    const one = timer('one')
    timers.add(one, 10)
    expect(() => timers.add(one, 20)).toThrow('in a queue already')
    expect(() => timers.add(timer('two'), Number.NaN)).toThrow('not a number')
    const others = new TimerQueue(clock)
    expect(() => others.remove(one)).toThrow('does not hold it')
    expect([timers.count, one.dueMs]).toEqual([1, 10])
  })
})

describe('close', () => {
  test('it forgets all timers and the alarm, and what is added afterwards never comes due', async () => {
    const { clock, timers, rung, timer } = setUp()
    const one = timer('one')
    timers.add(one, 10)
    timers.close()
    timers.add(timer('two'), 10)
    expect([timers.count, clock.pendingAlarms, one.heapIndex]).toEqual([0, 0, -1])
    await clock.advance(20)
    expect([rung, timers.remove(one)]).toEqual([[], false])
  })

  test('a timer can close the queue in the middle of a batch', async () => {
    const { clock, timers, rung, timer } = setUp()
    timers.add(new Timer(() => timers.close()), 10)
    timers.add(timer('never'), 10)
    await clock.advance(10)
    expect([rung, clock.pendingAlarms]).toEqual([[], 0])
  })

  test('closed between two batches it does not go on', async () => {
    const { clock, timers, rung, timer } = setUp()
    timers.add(new Timer(() => clock.later(() => timers.close())), 10)
    for (let i = 0; i <= timerBatchMax; i++) timers.add(timer('t'), 10)
    await clock.advance(10)
    expect(rung).toHaveLength(timerBatchMax - 1)
  })
})
