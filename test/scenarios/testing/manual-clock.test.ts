// Tests of the manual clock: the contract, exact times, and work that is done before time moves.
import { describe, expect, test } from 'vitest'
import { ManualClock, wallStartMs } from '../../../scenarios/testing/manual-clock.ts'
import { clockContract } from '../../contracts/clock.ts'

clockContract(
  () => new ManualClock(),
  (clock, ms) => clock.advance(ms),
)

describe('time', () => {
  test('it stands at 0, and at a fixed date, until it is moved', async () => {
    const clock = new ManualClock()
    expect([clock.now(), clock.wall()]).toEqual([0, wallStartMs])
    await clock.settle()
    expect(clock.now()).toBe(0)
    await clock.advance(1.5)
    expect([clock.now(), clock.wall()]).toEqual([1.5, wallStartMs + 1.5])
    expect(new ManualClock({ wallMs: 5 }).wall()).toBe(5)
  })

  test('alarms run in the order of their times, then of their setting, each at its own time', async () => {
    const clock = new ManualClock()
    const rung: string[] = []
    for (const [name, atMs] of [
      ['c', 20],
      ['a', 10],
      ['d', 20],
      ['b', 10],
      ['e', 31],
    ] as const) {
      clock.alarm(atMs, () => rung.push(`${name}@${clock.now()}`))
    }
    await clock.advance(30)
    expect(rung).toEqual(['a@10', 'b@10', 'c@20', 'd@20'])
    expect([clock.now(), clock.pendingAlarms]).toEqual([30, 1])
  })

  test('an alarm set by an alarm runs within the same advance if its time comes', async () => {
    const clock = new ManualClock()
    const rung: number[] = []
    const ring = (): void => {
      rung.push(clock.now())
      clock.alarm(clock.now() + 10, ring)
    }
    clock.alarm(10, ring)
    await clock.advance(45)
    expect(rung).toEqual([10, 20, 30, 40])
  })

  test('an alarm can cancel the next one', async () => {
    const clock = new ManualClock()
    const rung: string[] = []
    clock.alarm(10, () => next.cancel())
    const next = clock.alarm(10, () => rung.push('next'))
    await clock.advance(10)
    expect([rung, clock.pendingAlarms]).toEqual([[], 0])
  })

  for (const ms of [-1, Number.NaN, Infinity]) {
    test(`to advance by ${ms} is a bug`, async () => {
      await expect(new ManualClock().advance(ms)).rejects.toThrow('not a time from 0 up')
    })
  }
})

describe('work', () => {
  test('all that an alarm causes is done before the next alarm: promises, soon and later, to the end', async () => {
    const clock = new ManualClock()
    const order: string[] = []
    clock.alarm(10, () => {
      clock.later(async () => {
        for (let i = 0; i < 1_000; i++) await Promise.resolve()
        clock.soon(() => clock.later(() => order.push(`caused@${clock.now()}`)))
      })
    })
    clock.alarm(10, () => order.push('second'))
    clock.alarm(11, () => order.push('third'))
    await clock.advance(20)
    expect(order).toEqual(['caused@10', 'second', 'third'])
  })

  test('work that waits when advance is called is done before time moves', async () => {
    const clock = new ManualClock()
    const seen: number[] = []
    clock.later(() => clock.alarm(clock.now() + 5, () => seen.push(clock.now())))
    await clock.advance(5)
    expect(seen).toEqual([5])
  })

  test('settle runs all work that waits, and no alarm', async () => {
    const clock = new ManualClock()
    const order: string[] = []
    clock.alarm(0, () => order.push('alarm'))
    clock.later(() => clock.later(() => order.push('later, from later')))
    await clock.settle()
    expect(order).toEqual(['later, from later'])
  })

  test('work given to later goes on while a test only awaits its outcome', async () => {
    const clock = new ManualClock()
    const answer = await new Promise((resolve) =>
      clock.later(() => clock.later(() => clock.soon(() => resolve('pong')))),
    )
    expect([answer, clock.now()]).toEqual(['pong', 0])
  })

  test('what one call gives to soon comes before the next call of later', async () => {
    const clock = new ManualClock()
    const order: string[] = []
    clock.later(() => {
      order.push('later 1')
      clock.soon(() => order.push('soon, from later 1'))
    })
    clock.soon(() => order.push('soon'))
    clock.later(() => order.push('later 2'))
    await clock.settle()
    expect(order.filter((step) => step.startsWith('later'))).toEqual(['later 1', 'later 2'])
    expect(order.indexOf('soon, from later 1')).toBeGreaterThan(order.indexOf('later 1'))
    expect(order).toHaveLength(4)
  })

  test('an alarm that throws makes advance reject, and the clock goes on from there', async () => {
    const clock = new ManualClock()
    clock.alarm(10, () => {
      throw new Error('bug')
    })
    await expect(clock.advance(20)).rejects.toThrow('bug')
    expect(clock.now()).toBe(10)
    await clock.advance(20)
    expect(clock.now()).toBe(30)
  })
})

describe('work without end', () => {
  const forms: [kind: string, start: (clock: ManualClock) => void][] = [
    [
      'later',
      (clock) => {
        const again = (): void => clock.later(quietly(again))
        again()
      },
    ],
    [
      'soon',
      (clock) => {
        const again = (): void => clock.soon(quietly(again))
        again()
      },
    ],
    [
      'alarms at the same time',
      (clock) => {
        const again = (): void => void clock.alarm(clock.now(), again)
        again()
      },
    ],
    [
      'a loop that waits for time to pass',
      (clock) => {
        clock.later(
          quietly(() => {
            while (clock.now() < 1);
          }),
        )
      },
    ],
  ]
  for (const [kind, start] of forms) {
    test(`${kind}: advance ends with clock-busy instead of hanging, and so does every one after it`, async () => {
      const clock = new ManualClock({ stepsMax: 2_000 })
      start(clock)
      await expect(clock.advance(1)).rejects.toMatchObject({
        code: 'clock-busy',
        message: expect.stringContaining('2000 steps') as string,
      })
      await expect(clock.settle()).rejects.toMatchObject({ code: 'clock-busy' })
    })
  }

  test('the fault goes to whoever keeps the clock busy, when nobody moves it', () => {
    const clock = new ManualClock({ stepsMax: 10 })
    expect(() => {
      while (clock.now() < 1);
    }).toThrow('Cannot go on at 0 ms of the manual clock')
  })

  test('much work is not endless work: the steps are counted anew when time moves', async () => {
    const clock = new ManualClock({ stepsMax: 100 })
    for (let i = 0; i < 50; i++) {
      for (let step = 0; step < 30; step++) clock.later(() => undefined)
      await clock.advance(1)
    }
    expect(clock.now()).toBe(50)
    for (let atMs = 50; atMs < 100; atMs++) {
      clock.alarm(atMs, () => {
        for (let step = 0; step < 30; step++) clock.later(() => undefined)
      })
    }
    await clock.advance(50)
    expect([clock.now(), clock.pendingAlarms]).toEqual([100, 0])
  })

  test('a second advance while the first is under way is refused', async () => {
    const clock = new ManualClock()
    const first = clock.advance(10)
    await expect(clock.advance(5)).rejects.toMatchObject({
      code: 'clock-busy',
      hint: expect.stringContaining('await each') as string,
    })
    await first
    expect(clock.now()).toBe(10)
  })
})

/** Swallows the fault, which the work gets as well: these tests look at what `advance` says. */
function quietly(run: () => void): () => void {
  return () => {
    try {
      run()
    } catch {
      // Seen through `advance`.
    }
  }
}
