// Tests of the history: lines stay for the next console, and a broken disk costs nothing but them.
import { expect, test } from 'vitest'
import { History, historyLinesMax, historyPath } from '../../../node/console/history.ts'
import { MemoryDisk } from '../memory-disk.ts'

test('lines are loaded with the newest first, as they were added by either of two consoles', async () => {
  const disk = new MemoryDisk()
  const [one, other] = [new History(disk, '/h'), new History(disk, '/h')]
  one.add('first')
  await one.close()
  other.add('second')
  await other.close()
  expect(await one.load()).toEqual(['second', 'first'])
})

test('an empty line, one that begins with a space and one that is too long are not kept', async () => {
  const disk = new MemoryDisk()
  const history = new History(disk, '/h')
  for (const line of ['', '  ', ' tell vault open "secret"', 'x'.repeat(4_001), 'kept']) history.add(line)
  await history.close()
  expect(await history.load()).toEqual(['kept'])
})

test('a file that has grown long is cut when it is loaded', async () => {
  const disk = new MemoryDisk({
    '/h': Array.from({ length: historyLinesMax * 2 + 1 }, (_, n) => `line ${n}\n`).join(''),
  })
  const lines = await new History(disk, '/h').load()
  expect(lines).toHaveLength(historyLinesMax)
  expect(lines[0]).toBe(`line ${historyLinesMax * 2}`)
  expect(disk.files.get('/h')?.split('\n')).toHaveLength(historyLinesMax + 1)
})

test('a full disk, a missing file and no home at all are no faults', async () => {
  const disk = new MemoryDisk()
  disk.isFull = true
  const history = new History(disk, '/h')
  history.add('lost')
  await history.close()
  expect(await history.load()).toEqual([])
  const homeless = new History(disk, undefined)
  homeless.add('lost')
  expect(await homeless.load()).toEqual([])
})

test('the file lies where XDG puts state', () => {
  expect(historyPath({ XDG_STATE_HOME: '/state', HOME: '/home/ada' })).toBe('/state/troupe/history')
  expect(historyPath({ XDG_STATE_HOME: 'relative', HOME: '/home/ada' })).toBe(
    '/home/ada/.local/state/troupe/history',
  )
  expect(historyPath({})).toBeUndefined()
})
