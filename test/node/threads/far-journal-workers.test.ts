// Tests of the far journal over a real worker: the contract, and what it refuses where it is.
import { afterAll, expect, test } from 'vitest'
import { code } from '../../contracts/journal-given.ts'
import { FarJournal } from '../../../node/threads/far-journal.ts'
import { requestOf } from '../../contracts/threads.ts'
import { Runtime } from '../../../runtime/runtime.ts'
import { Station } from '../../../node/threads/station.ts'
import { SystemClock } from '../../../node/system-clock.ts'
import { SystemRandom } from '../../../node/system-random.ts'
import { SystemThreads } from '../../../node/threads/system-threads.ts'
import { testJournal } from '../../contracts/journal.ts'
import { Tree } from '../../../supervisors/tree.ts'
import { Writer } from '../../contracts/journal-writer.ts'
import type { Calls } from '../../../node/threads/orders.ts'

/** The other way round than in a node: the journal lives in the worker. */
function startIn(id: number): { readonly far: () => FarJournal; readonly end: () => Promise<void> } {
  const clock = new SystemClock()
  const runtime = new Runtime({ name: 'test', clock, random: new SystemRandom(), supervision: new Tree() })
  const station = new Station({
    thread: 0,
    runtime,
    guide: {
      resolve: (_path, answer) => answer(undefined),
      awaken: (_path, _waitMs, answer) => answer(undefined),
      watch: () => () => undefined,
      ended: () => undefined,
    },
    desk: { call: () => null, control: () => undefined },
  })
  const threads = new SystemThreads({ clock, body: new URL('journal-body.ts', import.meta.url).href })
  const lost = Promise.withResolvers<void>()
  const thread = threads.start(requestOf(id, { heapMiBMax: 512 }), {
    lost: () => {
      station.threadLost(id)
      lost.resolve()
    },
  })
  station.link(id, thread.wire)
  return {
    far: () => {
      station.control(id, 'journal-new', null)
      return new FarJournal({
        thread: 0,
        clock,
        call: (verb, input) => station.call(id, verb, input) as Promise<Calls[typeof verb]['answer']>,
        tell: (verb, input) => station.control(id, verb, input),
      })
    },
    end: async () => {
      await thread.terminate()
      await lost.promise
    },
  }
}

const worker = startIn(1)
afterAll(() => worker.end())

testJournal(
  'behind a real thread',
  async () => {
    const journal = worker.far()
    return { journal, end: () => journal.close() }
  },
  { runs: 50 },
)

test('the tip is not known behind a thread', () => {
  const journal = worker.far()
  expect(() => journal.tip).toThrow(code('journal-elsewhere') as Error)
  expect(() => journal.onTip()).toThrow(code('journal-elsewhere') as Error)
})

test('what was appended to a thread that is gone has an unknown outcome, and so has all that follows', async () => {
  const { far, end } = startIn(2)
  const journal = far()
  const ada = await Writer.open(journal, 'ada')
  await ada.commits(3)
  const ended = end()
  const first = ada.commit()
  await ended
  expect(await first).toEqual(code('journal-failed', 'unknown'))
  expect(await ada.commit()).toEqual(code('journal-failed', 'unknown'))
  await expect(Writer.open(journal, 'ada')).rejects.toEqual(code('thread-lost', 'unknown'))
  await journal.close()
})
