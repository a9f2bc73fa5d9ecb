// What a node takes for the options of its threads, and what it refuses before it starts one.
import { expect, test } from 'vitest'
import { checkThreadOptions, threadCount } from '../../../node/threads/thread-options.ts'
import { startNode } from '../../../node/start-node.ts'

test('a number of threads is taken as it is, "auto" leaves a core to the main thread, and none is the default', () => {
  expect([threadCount(3, 2), threadCount(0, 2), threadCount('auto', 8), threadCount('auto', 1)]).toEqual([
    3, 0, 7, 1,
  ])
  expect(threadCount(undefined, 8)).toBe(0)
})

test.each([-1, 1.5, 64, NaN, '2' as never])('%s threads are refused', (count) => {
  expect(() => threadCount(count, 2)).toThrow('a node has 0 to 63, or "auto"')
})

test.each([
  [{ threadStallMs: 99 }, 'it is 100 to 86400000 ms'],
  [{ threadStallMs: NaN }, 'it is 100 to 86400000 ms'],
  [{ threadHeapMiBMax: 63 }, 'it is 64 to 1048576 MiB'],
])('%o is refused', (options, bounds) => {
  expect(() => checkThreadOptions(options)).toThrow(bounds)
})

test('a node that is given bad options does not start', async () => {
  await expect(startNode({ threads: 1, threadStallMs: 1 })).rejects.toMatchObject({ code: 'threads-invalid' })
})
