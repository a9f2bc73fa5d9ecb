// The contract of a clock, one body for every clock.
import { expect, test } from 'vitest'
import type { Clock } from '../../runtime/clock.ts'

/** Lets `ms` pass on the clock, and all work with it. */
export type Pass<C extends Clock> = (clock: C, ms: number) => Promise<void>

export function clockContract<C extends Clock>(make: () => C, pass: Pass<C>): void {
  test('now goes on with the time that passes, and never back', async () => {
    const clock = make()
    const before = clock.now()
    expect(clock.now()).toBeGreaterThanOrEqual(before)
    await pass(clock, 5)
    expect(clock.now()).toBeGreaterThanOrEqual(before + 5)
  })

  test('wall counts from 1970', () => {
    const year2020 = 1_577_836_800_000
    expect(make().wall()).toBeGreaterThan(year2020)
  })

  test('an alarm runs once, and not before its time', async () => {
    const clock = make()
    const atMs = clock.now() + 4.5
    const rung: number[] = []
    clock.alarm(atMs, () => rung.push(clock.now()))
    expect(rung).toEqual([])
    await pass(clock, 10)
    await pass(clock, 10)
    expect(rung).toHaveLength(1)
    expect(rung[0]).toBeGreaterThanOrEqual(atMs)
  })

  test('an alarm in the past runs soon, but not within the call that sets it', async () => {
    const clock = make()
    const rung: string[] = []
    clock.alarm(clock.now() - 1_000, () => rung.push('alarm'))
    rung.push('set')
    await pass(clock, 2)
    expect(rung).toEqual(['set', 'alarm'])
  })

  test('a cancelled alarm does not run; cancelling again, or after it ran, does nothing', async () => {
    const clock = make()
    const rung: string[] = []
    const cancelled = clock.alarm(clock.now() + 2, () => rung.push('cancelled'))
    const kept = clock.alarm(clock.now() + 2, () => rung.push('kept'))
    cancelled.cancel()
    cancelled.cancel()
    await pass(clock, 5)
    kept.cancel()
    expect(rung).toEqual(['kept'])
  })

  test('an alarm at Infinity, or in a hundred years, does not run at once', async () => {
    const clock = make()
    const rung: string[] = []
    const alarms = [Infinity, clock.now() + 3_155_760_000_000].map((atMs) =>
      clock.alarm(atMs, () => rung.push('rung')),
    )
    await pass(clock, 5)
    for (const alarm of alarms) alarm.cancel()
    expect(rung).toEqual([])
  })

  test('an alarm at a time that is not a number is a bug', () => {
    expect(() => make().alarm(Number.NaN, () => undefined)).toThrow('not a number')
  })

  test('soon comes after the running code and before later, each in the order of the calls', async () => {
    const clock = make()
    const order: string[] = []
    await new Promise<void>((resolve) => {
      clock.later(() => order.push('later 1'))
      clock.later(() => {
        order.push('later 2')
        resolve()
      })
      clock.soon(() => order.push('soon 1'))
      clock.soon(() => order.push('soon 2'))
      order.push('running')
    })
    expect(order[0]).toBe('running')
    expect(order.filter((step) => step.startsWith('soon'))).toEqual(['soon 1', 'soon 2'])
    expect(order.filter((step) => step.startsWith('later'))).toEqual(['later 1', 'later 2'])
  })
}
