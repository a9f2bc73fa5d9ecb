// Tests of the books: each message stands in one column at any moment, also in the middle of things, and none is forgotten with its actor.
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { accountOf, isBalanced } from '../../runtime/accounting.ts'
import type { Account, Ref } from 'troupe'
import type { TestNode } from 'troupe/testing'

/** Looks at the books from within each kind of code. */
function auditing(node: () => TestNode, seen: Account[]) {
  const look = (): void => void seen.push(node().audit())
  return defineActor('auditing', {
    started: look,
    stopping: look,
    down: look,
    on: {
      now: look,
      async later() {
        look()
        await Promise.resolve()
        look()
      },
      aside(self) {
        look()
        self.stash()
        look()
        self.become('open')
      },
      crash() {
        look()
        throw new Error('broken')
      },
    },
    behaviours: {
      open: {
        back(self) {
          self.unstash()
          look()
          self.become()
        },
      },
    },
  })
}

test('the books balance whenever one looks, from within handlers and hooks too', async () => {
  const seen: Account[] = []
  await using node: TestNode = await startTestNode()
  const ref: Ref = await node.spawn(auditing(() => node, seen))
  for (const name of ['now', 'later', 'aside', 'back', 'crash', 'later']) ref.tell(name)
  await node.settle()
  ref.stop()
  await node.settle()
  expect(seen).toHaveLength(10)
  for (const account of seen) expect(account).toMatchObject({ isBalanced: true, differences: [] })
  expect(seen.some(({ inHand }) => inHand === 1)).toBe(true)
})

test('each column counts what its name says', async () => {
  await using node = await startTestNode()
  const gate = Promise.withResolvers<void>()
  const all = defineActor('all', {
    mailbox: { messagesMax: 2 },
    on: {
      handle() {},
      aside: (self) => self.stash(),
      hang: () => gate.promise,
      wait() {},
    },
  })
  const ref: Ref = await node.spawn(all, 'a')
  for (const name of ['handle', 'aside', 'unknown', 'hang']) {
    ref.tell(name)
    await node.settle()
  }
  for (let i = 0; i < 5; i++) ref.tell('wait')
  const books = { accepted: 6, handled: 1, waiting: 2, stashed: 1, inHand: 1, dead: 1, refused: 3 }
  expect(accountOf(node.runtime.cellAt('a')!)).toEqual(books)
  expect(node.audit()).toMatchObject({ ...books, actors: 1, isBalanced: true })
  gate.resolve()
})

test('an actor that has gone leaves its sums to the node', async () => {
  await using node = await startTestNode()
  const brief = defineActor('brief', { on: { work() {} } })
  for (let i = 0; i < 10; i++) {
    const ref: Ref = await node.spawn(brief)
    for (const name of ['work', 'nonsense']) ref.tell(name)
    ref.stop()
    ref.tell('work')
    await node.settle()
    ref.tell('work')
  }
  expect(node.audit()).toMatchObject({ actors: 0, accepted: 20, handled: 10, dead: 10, refused: 20 })
  expect(node.audit().deadLetters).toEqual({
    'message-unknown': 10,
    'actor-stopped': 10,
    'actor-unknown': 10,
  })
})

test('the sums of a killed node are whole', async () => {
  const node = await startTestNode()
  const busy = defineActor('busy', { on: { hang: () => new Promise<void>(() => undefined) } })
  const refs = await Promise.all(Array.from({ length: 5 }, () => node.spawn(busy)))
  for (const ref of refs) for (let i = 0; i < 3; i++) ref.tell('hang')
  await node.settle()
  expect(node.audit()).toMatchObject({ inHand: 5, waiting: 10 })
  await node[Symbol.asyncDispose]()
  expect(node.audit()).toMatchObject({ actors: 0, accepted: 15, handled: 0, dead: 15, isBalanced: true })
})

test('an account balances only when nothing is missing and nothing is there twice', () => {
  const account = { accepted: 15, handled: 1, waiting: 2, stashed: 3, inHand: 4, dead: 5, refused: 99 }
  expect(isBalanced(account)).toBe(true)
  for (const column of ['accepted', 'handled', 'waiting', 'stashed', 'inHand', 'dead'] as const) {
    expect(isBalanced({ ...account, [column]: account[column] + 1 })).toBe(false)
  }
  expect(isBalanced({ ...account, refused: 0 })).toBe(true)
})
