// Persisting: what an actor has written is what its next life begins with, and nothing else.
import { expect, test } from 'vitest'
import { account } from './account.ts'
import { Fault } from '../../../index.ts'
import { ManualClock, startTestNode } from '../../../scenarios/testing/index.ts'
import { MemoryJournal } from '../../../node/journal/memory-journal.ts'

const full = new Fault('journal-full', 'Cannot keep it: the disk is full', { hint: 'Make room.' })
const failed = new Fault('journal-failed', 'Cannot keep it: the disk has failed', {
  hint: 'Look at the disk.',
  outcome: 'unknown',
})

test('the next life begins with what was persisted', async () => {
  await using node = await startTestNode()
  const ada = await node.spawn(account, 'bank/ada', 'Ada')
  expect(await ada.ask('deposit', 5)).toBe(5)
  expect(await ada.ask('both', [1, 2])).toBe(8)
  await ada.ask('rename', 'Augusta')
  ada.kill()
  await node.settle()
  expect(await ada.ask('balance')).toBe(8)
  expect(await ada.ask('owner')).toBe('Augusta')
})

test('a restart after an error begins with what was persisted', async () => {
  await using node = await startTestNode()
  const ada = await node.spawn(account, 'bank/ada', 'Ada')
  await expect(ada.ask('depositAndFail', 3)).rejects.toMatchObject({ code: 'handler-failed' })
  expect(await ada.ask('balance')).toBe(3)
})

test('another process finds what was acknowledged', async () => {
  const journal = new MemoryJournal(new ManualClock())
  const first = await startTestNode({ journal })
  const ada = await first.spawn(account, 'bank/ada', 'Ada')
  await ada.ask('deposit', 7)
  await using next = await startTestNode({ journal })
  const again = await next.spawn(account, 'bank/ada', 'Ada')
  expect(await again.ask('balance')).toBe(7)
})

test('messages wait, in order, until the state is there', async () => {
  const journal = new MemoryJournal(new ManualClock())
  const first = await startTestNode({ journal })
  await (await first.spawn(account, 'bank/ada', 'Ada')).ask('deposit', 7)
  await using next = await startTestNode({ journal })
  journal.hold()
  const spawned = next.spawn(account, 'bank/ada', 'Ada')
  const ref = next.find('bank/ada')
  const answers = Promise.all([ref?.ask('deposit', 1), ref?.ask('deposit', 1), ref?.ask('balance')])
  await next.settle()
  journal.letGo()
  await spawned
  expect(await answers).toEqual([8, 9, 9])
})

test('a handler is not over before what it has not awaited is safe', async () => {
  await using node = await startTestNode()
  const journal = node.runtime.host.durability?.journal as MemoryJournal
  const ada = await node.spawn(account, 'bank/ada', 'Ada')
  journal.hold()
  const answers: unknown[] = []
  void ada.ask('depositLater', 1).then((answer) => answers.push(answer))
  void ada.ask('balance').then((answer) => answers.push(answer))
  await node.settle()
  expect(answers).toEqual([])
  journal.letGo()
  await node.settle()
  expect(answers).toEqual(['done', 1])
})

test('what the journal refuses has not happened, and the actor goes on', async () => {
  await using node = await startTestNode()
  const journal = node.runtime.host.durability?.journal as MemoryJournal
  const ada = await node.spawn(account, 'bank/ada', 'Ada')
  journal.failNext(full)
  await expect(ada.ask('deposit', 1)).rejects.toMatchObject({ code: 'journal-full' })
  journal.failNext(full)
  await expect(ada.ask('depositLater', 1)).rejects.toMatchObject({ code: 'journal-full' })
  journal.failNext(full)
  expect(await ada.ask('careful', 1)).toBe('journal-full')
  expect(await ada.ask('deposit', 2)).toBe(2)
  expect(node.runtime.cellAt('bank/ada')?.rareIfAny?.restarts ?? 0).toBe(0)
})

test.each([true, false])(
  'after an unknown end of a commit the journal says what has happened: kept %s',
  async (isKept) => {
    await using node = await startTestNode()
    const journal = node.runtime.host.durability?.journal as MemoryJournal
    const ada = await node.spawn(account, 'bank/ada', 'Ada')
    journal.failNext(failed, isKept)
    // Caught or not: the life is over.
    expect(await ada.ask('careful', 1).catch((fault: Fault) => fault.code)).toBe('journal-failed')
    expect(await ada.ask('balance')).toBe(isKept ? 1 : 0)
    expect(await ada.ask('deposit', 1)).toBe(isKept ? 2 : 1)
  },
)

test('who has forgotten begins anew', async () => {
  await using node = await startTestNode()
  const ada = await node.spawn(account, 'bank/ada', 'Ada')
  await ada.ask('deposit', 5)
  await ada.ask('forget')
  expect(await ada.ask('balance')).toBe(5)
  await ada.ask('depositAndFail', 1).catch(() => undefined)
  expect(await ada.ask('balance')).toBe(1)
})
