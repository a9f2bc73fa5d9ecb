// Tests of durable actors in threads: what they have kept survives the thread, whoever had it.
import { describe, expect, test } from 'vitest'
import { ManualClock, startTestNode } from 'troupe/testing'
import { account } from '../../runtime/durable/account.ts'
import { checkAcked } from '../../../scenarios/testing/checkers/check-acked.ts'
import { checkFence } from '../../../scenarios/testing/checkers/check-fence.ts'
import { checkPrefix } from '../../../scenarios/testing/checkers/check-prefix.ts'
import { Fault } from '../../../runtime/fault.ts'
import { MemoryJournal } from '../../../node/journal/memory-journal.ts'
import { Node } from '../../../node/node.ts'
import { seededRandom } from '../../../runtime/random.ts'
import { SystemClock } from '../../../node/system-clock.ts'
import { SystemRandom } from '../../../node/system-random.ts'
import { SystemThreads } from '../../../node/threads/system-threads.ts'
import { JournalRecorder } from '../../../scenarios/testing/checkers/journal-recorder.ts'
import type { RefOf } from 'troupe'

const file = new URL('../../runtime/durable/account.ts', import.meta.url).href

/** Asks until nobody is in the way any more: who was lost on the way asks again. */
async function balanceOf(ada: RefOf<typeof account>): Promise<number> {
  for (;;) {
    try {
      return (await ada.ask('balance')) as number
    } catch (fault) {
      if (!Fault.is(fault) || fault.code !== 'thread-lost') throw fault
    }
  }
}

describe('an actor', () => {
  test('whose thread dies goes on in another one with all that it was told to be safe', async () => {
    await using node = await startTestNode({ threads: 2, load: [file] })
    const ada = await node.spawn(account, { name: 'bank/ada', place: { thread: 1 } }, 'Ada')
    for (const amount of [1, 2, 3]) await ada.ask('deposit', amount)
    node.killThread(1)
    expect(await balanceOf(ada)).toBe(6)
    expect(await ada.ask('deposit', 4)).toBe(10)
  })

  test('that moves takes its records along, to the main thread and back, and the next of its name finds them', async () => {
    await using node = await startTestNode({ threads: 2, load: [file] })
    const ada = await node.spawn(account, { name: 'bank/ada', place: { thread: 1 } }, 'Ada')
    let balance = 0
    for (const thread of [2, 0, 1, 0, 2]) {
      balance += thread + 1
      expect(await ada.ask('deposit', thread + 1)).toBe(balance)
      await node.move(ada, { thread })
    }
    expect(await ada.ask('balance')).toBe(balance)
    ada.stop()
    await node.settle()
    const again = await node.spawn(account, { name: 'bank/ada', place: { thread: 1 } }, 'Ada')
    expect(await again.ask('balance')).toBe(balance)
  })

  test('that has persisted behind its handler moves once that is safe', async () => {
    const journal = new MemoryJournal(new ManualClock())
    await using node = await startTestNode({ threads: 2, load: [file], journal })
    const ada = await node.spawn(account, { name: 'bank/ada', place: { thread: 0 } }, 'Ada')
    await ada.ask('deposit', 1)
    journal.hold()
    await ada.ask('depositBehind', 2)
    const moved = node.move(ada, { thread: 1 })
    await node.advance(1)
    journal.letGo()
    await moved
    expect(await ada.ask('careful', 3)).toBe('kept')
    expect(await ada.ask('balance')).toBe(6)
  })

  test('that has moved away from a thread which dies then is still the owner of its records', async () => {
    await using node = await startTestNode({ threads: 2, load: [file] })
    const ada = await node.spawn(account, { name: 'bank/ada', place: { thread: 1 } }, 'Ada')
    await ada.ask('deposit', 1)
    await node.move(ada, { thread: 2 })
    node.killThread(1)
    await node.settle()
    expect(await ada.ask('careful', 2)).toBe('kept')
    expect(await ada.ask('balance')).toBe(3)
  })

  test.each(Array.from({ length: 12 }, (_, seed) => seed))(
    'whose threads die again and again while it is told loses nothing that was answered (%i)',
    async (seed) => {
      const random = seededRandom(seed)
      await using node = await startTestNode({
        threads: 2,
        load: [file],
        seed,
        delayMs: () => random.integer(5),
      })
      const spawned = node.spawn(account, { name: 'bank/ada', place: { thread: 1 } }, 'Ada')
      await node.advance(50)
      const ada = await spawned
      let [answered, asked] = [0, 0]
      for (let round = 0; round < 3; round++) {
        for (let count = 0; count < 20; count++) {
          asked++
          ada.ask('deposit', 1).then(
            () => answered++,
            () => undefined,
          )
          await node.advance(random.integer(4))
        }
        const thread = node.fleet!.office.homes.get('bank/ada')!.thread
        if (thread > 0) node.threads.kill(thread)
        // A root that takes thread after thread along is given up.
        await node.advance(61_000)
      }
      const balance = balanceOf(ada)
      await node.advance(100)
      expect(await balance).toBeGreaterThanOrEqual(answered)
      expect(await balance).toBeLessThanOrEqual(asked)
      expect(answered).toBeGreaterThan(0)
    },
  )
})

test('on real threads that are ended under load nothing that was answered is lost, and no lower epoch writes', async () => {
  const clock = new SystemClock()
  const journal = new JournalRecorder(new MemoryJournal(clock))
  const threads = new SystemThreads({ clock, cores: 2 })
  const node = new Node({ threads: 2, load: [file] }, { clock, random: new SystemRandom(), threads, journal })
  await node.definitions.load(file)
  await node.openThreads()
  const ada = await node.spawn(account, { name: 'bank/ada', place: { thread: 1 } }, 'Ada')
  let answered = 0
  const deposits = Array.from({ length: 200 }, () =>
    ada.ask('deposit', 1).then(
      () => answered++,
      () => undefined,
    ),
  )
  await deposits[40]
  await node.fleet!.crew.inSlot(1)!.thread.terminate()
  await Promise.all(deposits)
  const balance = await balanceOf(ada)
  expect(balance).toBeGreaterThanOrEqual(answered)
  expect(balance).toBeLessThanOrEqual(200)
  expect(answered).toBeGreaterThan(40)
  await node.stop()
  for (const check of [checkAcked, checkPrefix, checkFence]) {
    const { holds, reason } = check(journal.story)
    expect(holds, reason).toBe(true)
  }
})
