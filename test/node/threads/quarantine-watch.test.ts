// Tests of the quarantine policy of a node, with real threads.
import { fileURLToPath } from 'node:url'
import { startNode } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { expect, test } from 'vitest'
import { RealDesk } from '../verbs/threads/real-desk.ts'

const hogs = fileURLToPath(new URL('../verbs/threads/hogs.ts', import.meta.url))

test('a root that takes too much of its thread for too long is sent to a thread for such', async () => {
  const quarantine = { cpuShare: 0.3, forMs: 1_000 }
  await using desk = new RealDesk(await startNode({ threads: 2, load: [hogs], quarantine }))
  await desk.run('spawn hog h --place 1', 'spawn talker t --place 1')
  const events = await desk.run('tail h --kind log --count 1 --for 20s')
  expect(events[0]?.data).toMatchObject({
    path: 'h',
    text: expect.stringMatching(/^warn: sent to the quarantine thread 3: it took \d+ %/),
  })
  expect(await desk.data('info h')).toMatchObject({ thread: 3 })
  expect(await desk.data('info t')).toMatchObject({ thread: 1 })
  expect(await desk.data('threads')).toMatchObject({
    threads: { 3: { slot: 3, status: 'quarantine', roots: 1 } },
  })
})

test('a policy that cannot be followed is refused before anything starts', async () => {
  for (const quarantine of [{ cpuShare: 2, forMs: 1_000 }, { cpuShare: 0.5, forMs: 1 }, 'yes'])
    await expect(startTestNode({ quarantine: quarantine as never })).rejects.toMatchObject({
      code: 'quarantine-invalid',
    })
})
