// Tests of full mailboxes: the bound, the three policies, and that every drop is counted with its reason.
import { describe, expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import type { Fault, Overflow } from 'troupe'

/** An actor with room for three, that handles nothing before `open` is called. */
function gated(overflow?: Overflow): { definition: ReturnType<typeof define>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  const define = () =>
    defineActor('gated', {
      state: () => ({ seen: [] as number[] }),
      mailbox: { messagesMax: 3, ...(overflow === undefined ? {} : { overflow }) },
      on: {
        hold: () => promise,
        take(self, value: number) {
          self.state.seen.push(value)
          return value
        },
        seen: (self) => self.state.seen,
      },
    })
  return { definition: define(), open: resolve }
}

const outcome = (ask: Promise<unknown>): Promise<unknown> => ask.catch((fault: Fault) => fault.code)

const policies = [
  {
    overflow: 'reject',
    seen: [1, 2, 3],
    outcomes: [1, 2, 3, 'mailbox-full', 'mailbox-full'],
    books: { refused: 2, dead: 0, deadLetters: { 'mailbox-full': 2 } },
  },
  {
    overflow: 'drop-newest',
    seen: [1, 2, 3],
    outcomes: [1, 2, 3, 'message-dropped', 'message-dropped'],
    books: { refused: 2, dead: 0, deadLetters: { 'message-dropped': 2 } },
  },
  {
    overflow: 'drop-oldest',
    seen: [3, 4, 5],
    outcomes: ['message-dropped', 'message-dropped', 3, 4, 5],
    books: { refused: 0, dead: 2, deadLetters: { 'message-dropped': 2 } },
  },
] as const

describe.each(policies)('$overflow', ({ overflow, seen, outcomes, books }) => {
  test('of five tells with room for three, two are counted and the right three are handled', async () => {
    await using node = await startTestNode()
    const { definition, open } = gated(overflow)
    const ref = await node.spawn(definition)
    ref.tell('hold')
    await node.settle()
    for (let value = 1; value <= 5; value++) ref.tell('take', value)
    expect(node.audit()).toMatchObject({ ...books, waiting: 3, inHand: 1, isBalanced: true })
    open()
    await node.settle()
    expect(await ref.ask('seen')).toEqual(seen)
  })

  test('of five asks with room for three, two hear at once that they were not handled', async () => {
    await using node = await startTestNode()
    const { definition, open } = gated(overflow)
    const ref = await node.spawn(definition)
    ref.tell('hold')
    await node.settle()
    const asks = [1, 2, 3, 4, 5].map((value) => outcome(ref.ask('take', value)))
    await node.settle()
    expect(node.runtime.host.asks.waiting).toBe(3)
    open()
    expect(await Promise.all(asks)).toEqual(outcomes)
    expect(node.audit()).toMatchObject(books)
  })

  test('there is room again for as many as were handled', async () => {
    await using node = await startTestNode()
    const { definition, open } = gated(overflow)
    const ref = await node.spawn(definition)
    ref.tell('hold')
    await node.settle()
    for (let value = 1; value <= 3; value++) ref.tell('take', value)
    open()
    await node.settle()
    for (let value = 4; value <= 6; value++) ref.tell('take', value)
    await node.settle()
    expect(await ref.ask('seen')).toEqual([1, 2, 3, 4, 5, 6])
    expect(node.audit()).toMatchObject({ refused: 0, dead: 0 })
  })
})

test('the policy is reject unless said otherwise', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(gated().definition)
  for (let value = 1; value <= 5; value++) ref.tell('take', value)
  expect(node.audit().deadLetters).toEqual({ 'mailbox-full': 2 })
})

test('dead letters of an overflow keep what was sent and by whom', async () => {
  await using node = await startTestNode()
  const sender = defineActor('sender', {
    on: { flood: (_self, to: typeof ref) => [1, 2, 3, 4].forEach((value) => to.tell('take', value)) },
  })
  const ref = await node.spawn(gated('reject').definition, 'small')
  ;(await node.spawn(sender, 'loud')).tell('flood', ref)
  await node.settle()
  const [letter] = node.runtime.host.deadLetters.list()
  expect(letter).toMatchObject({ reason: 'mailbox-full', envelope: { name: 'take', payload: 4 } })
  expect([letter?.envelope.from?.path, letter?.envelope.to.path]).toEqual(['loud', 'small'])
})

test('a mailbox of the default size takes 100,000 and no more', async () => {
  await using node = await startTestNode({ strict: false })
  const sink = defineActor('sink', { on: { take() {} } })
  const ref = await node.spawn(sink)
  for (let i = 0; i < 100_002; i++) ref.tell('take')
  expect(node.audit()).toMatchObject({ waiting: 100_000, refused: 2 })
  await node.settle()
  expect(node.audit()).toMatchObject({ handled: 100_000, waiting: 0 })
})

test('messages put back do not count against the bound, and none of them is lost', async () => {
  await using node = await startTestNode()
  const hoarder = defineActor('hoarder', {
    state: () => ({ seen: [] as number[], isOpen: false }),
    mailbox: { messagesMax: 2 },
    on: {
      take(self, value: number) {
        if (!self.state.isOpen) self.stash()
        else self.state.seen.push(value)
      },
      open(self) {
        self.state.isOpen = true
        self.unstash()
      },
      seen: (self) => self.state.seen,
    },
  })
  const ref = await node.spawn(hoarder)
  for (let value = 0; value < 6; value++) {
    ref.tell('take', value)
    await node.settle()
  }
  ref.tell('open')
  await node.settle()
  expect(await ref.ask('seen')).toEqual([0, 1, 2, 3, 4, 5])
})
