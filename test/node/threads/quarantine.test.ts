// Tests of the quarantine policy: a hog is who takes much, for long, from others.
import { expect, test } from 'vitest'
import { findHogs, readQuarantine } from '../../../node/threads/quarantine.ts'
import type { HogFacts } from '../../../node/threads/quarantine.ts'

const policy = { cpuShare: 0.5, forMs: 10_000 }
const root = (path: string, cpuShare: number, more: Partial<HogFacts> = {}): HogFacts => ({
  path,
  slot: 1,
  cpuShare,
  moves: true,
  ...more,
})

/** Looks each second. @returns whom each look found */
function looks(
  shares: readonly number[],
  more: Partial<HogFacts> = {},
  beside = [root('calm', 0.1)],
): string[] {
  let since: ReadonlyMap<string, number> = new Map()
  return shares.map((share, second) => {
    const found = findHogs([root('hog', share, more), ...beside], since, { policy, nowMs: second * 1_000 })
    since = found.since
    return found.hogs.map(({ path }) => path).join()
  })
}

test('who takes its share for the whole time is a hog, not before', () => {
  expect(looks(Array.from({ length: 12 }, () => 0.9))).toEqual([
    ...Array.from({ length: 10 }, () => ''),
    'hog',
    'hog',
  ])
})

test('a look below the share begins the time anew', () => {
  expect(
    looks([...Array.from({ length: 9 }, () => 0.9), 0.4, ...Array.from({ length: 10 }, () => 0.5)]).join(''),
  ).toBe('')
})

test('who has its thread alone, or may not move, is no hog', () => {
  const long = Array.from({ length: 20 }, () => 1)
  expect(looks(long, { slot: 2 }).join('')).toBe('')
  expect(looks(long, { moves: false }).join('')).toBe('')
})

test('who has gone is not remembered', () => {
  const first = findHogs([root('a', 1), root('b', 0)], new Map(), { policy, nowMs: 0 })
  expect([...first.since]).toEqual([['a', 0]])
  expect([...findHogs([], first.since, { policy, nowMs: 1 }).since]).toEqual([])
})

test('why says how much and how long', () => {
  const { hogs } = findHogs([root('a', 0.87), root('b', 0)], new Map([['a', 0]]), { policy, nowMs: 12_000 })
  expect(hogs).toEqual([{ path: 'a', why: 'it took 87 % of its thread for 12000 ms' }])
})

test('the option is read, and what is no policy is refused', () => {
  expect(readQuarantine(undefined)).toBeUndefined()
  expect(readQuarantine(policy)).toEqual(policy)
  for (const bad of [
    true,
    null,
    {},
    { cpuShare: 0.5 },
    { cpuShare: 50, forMs: 10_000 },
    { cpuShare: NaN, forMs: 10_000 },
    { cpuShare: 0.5, forMs: 10 },
  ])
    expect(() => readQuarantine(bad)).toThrow(expect.objectContaining({ code: 'quarantine-invalid' }))
})
