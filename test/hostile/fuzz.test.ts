// The fuzzer of a whole node, as long as the suite has time: nothing ends, stands still or grows. The program beside goes on for longer.
import { expect, test } from 'vitest'
import { fuzzNode } from './fuzz.ts'

test(
  'no frame or word of a member makes a node throw, or its actors forget how to answer',
  { timeout: 60_000 },
  async () => {
    const report = await fuzzNode({ seed: 7, frames: 20_000, lookMs: () => 0, heapBytes: () => 0 })
    expect(report.thrown).toEqual([])
    expect(report.answer).toBe('number')
    expect(report.cuts).toBeGreaterThan(1_000)
  },
)
