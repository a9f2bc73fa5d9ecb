// Tests of the feed: every record once, in order, to a reader that comes and goes.
import { expect, test } from 'vitest'
import { Feed, feedRecordsMax } from '../../../node/verbs/feed.ts'

async function all<T>(feed: Feed<T>): Promise<T[]> {
  const records: T[] = []
  for await (const record of feed) records.push(record)
  return records
}

test('what was pushed before and while somebody reads comes in order, and the end after it', async () => {
  const feed = new Feed<number>()
  feed.push(1)
  const reading = all(feed)
  feed.push(2)
  await Promise.resolve()
  feed.push(3)
  feed.end()
  feed.push(4)
  expect(await reading).toEqual([1, 2, 3])
})

test('a reader that leaves ends the feed, and whoever feeds it hears that once', async () => {
  let left = 0
  const feed = new Feed<number>(() => left++)
  feed.push(1)
  feed.push(2)
  for await (const record of feed) if (record === 1) break
  expect(left).toBe(1)
  feed.push(3)
  expect(await all(feed)).toEqual([])
})

test('what a reader cannot keep up with is dropped and counted', async () => {
  const feed = new Feed<number>()
  for (let n = 0; n < feedRecordsMax + 5; n++) feed.push(n)
  feed.end()
  expect(feed.dropped).toBe(5)
  expect((await all(feed)).length).toBe(feedRecordsMax)
})
