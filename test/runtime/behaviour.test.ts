// Tests of behaviours: which table answers, from which message on, and until when.
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import type { Ref } from 'troupe'

const door = defineActor('door', {
  on: {
    open(self) {
      self.become('opened')
      return self.behaviour
    },
    which: (self) => self.behaviour,
    vanish: (self) => self.become('gone'),
    async openSlowly(self) {
      self.become('opened')
      await Promise.resolve()
      return self.behaviour
    },
    crash() {
      throw new Error('broken')
    },
  },
  behaviours: {
    opened: {
      close(self) {
        self.become()
        return self.behaviour
      },
      which: (self) => self.behaviour,
      crash() {
        throw new Error('broken')
      },
    },
  },
})

test('the next message meets the new table, the one in hand the old', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(door)
  const asks = [ref.ask('which'), ref.ask('open'), ref.ask('which'), ref.ask('close'), ref.ask('which')]
  expect(await Promise.all(asks)).toEqual(['on', 'opened', 'opened', 'on', 'on'])
})

test('a message of another table is unknown while that is not in force', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(door)
  await expect(ref.ask('close')).rejects.toMatchObject({ code: 'message-unknown' })
  ref.tell('open')
  ref.tell('open')
  await node.settle()
  expect(node.audit().deadLetters).toEqual({ 'message-unknown': 2 })
  expect(await ref.ask('close')).toBe('on')
})

test('an asynchronous handler that becomes another is ended in its own time', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(door)
  const asks = [ref.ask('openSlowly'), ref.ask('close')]
  expect(await Promise.all(asks)).toEqual(['opened', 'on'])
})

test('there is no becoming what the definition does not have', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(door, 'd')
  await expect(ref.ask('vanish')).rejects.toMatchObject({
    code: 'behaviour-unknown',
    message: 'Cannot become "gone" in "d": there is no such behaviour',
    hint: 'Use one of: on, opened.',
  })
  expect(await ref.ask('which')).toBe('on')
})

test('each life begins with the first table', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(door)
  ref.tell('open')
  ref.tell('crash')
  expect(await ref.ask('which')).toBe('on')
})

test('actors of one definition change their tables each for itself', async () => {
  await using node = await startTestNode()
  const [a, b] = await Promise.all([node.spawn(door), node.spawn(door)])
  a.tell('open')
  await node.settle()
  expect([await a.ask('which'), await b.ask('which'), await a.ask('close')]).toEqual(['opened', 'on', 'on'])
})

test('a message put aside meets the table that is in force when it comes back', async () => {
  await using node = await startTestNode()
  const lazy = defineActor('lazy', {
    on: {
      work: (self): string | void => self.stash(),
      wake(self) {
        self.become('awake')
        self.unstash()
      },
    },
    behaviours: { awake: { work: (): string | void => 'done' } },
  })
  const ref: Ref = await node.spawn(lazy)
  const work = ref.ask('work')
  ref.tell('wake')
  expect(await work).toBe('done')
})
