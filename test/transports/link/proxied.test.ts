// Tests of the proxied: a question that crosses the border is asked anew, in this node's name, and its answer handed back.
import { expect, test } from 'vitest'
import { FarOrigin, farChainMax } from '../../../transports/link/far-origin.ts'
import { followed, Proxied, proxyAsk, proxyOffer } from '../../../transports/link/proxied.ts'
import { offerGraceMsMax } from '../../../transports/link/far-offer.ts'
import { ReplyTable, repliesOpenMax } from '../../../transports/link/reply-table.ts'
import type { Link } from '../../../transports/link/link.ts'
import type { FarOffer } from '../../../transports/link/traveller.ts'

// Of a link nothing but its number is looked at.
const linkTo = (thread: number): Link => ({ thread }) as unknown as Link

class Asker {
  nowMs = 0
  readonly heard: unknown[] = []

  origin(thread: number, chain: readonly number[] = []): FarOrigin {
    return new FarOrigin(
      { thread, id: 5, dueMs: 100, chain },
      {
        nowMs: () => this.nowMs,
        reply: (ask, reply) => this.heard.push([ask.thread, ask.id, reply]),
        refuse: (ask, fault) => this.heard.push([ask.thread, ask.id, fault]),
        causeOf: () => undefined,
      },
    )
  }

  offer(replyTo: number): FarOffer {
    const settle = (reply: unknown): void => void this.heard.push(reply)
    return { replyTo, id: 6, dueMs: 100, settle, refuse: settle } as unknown as FarOffer
  }
}

test.each([
  ['a thread asks another thread', 1, 2, false],
  ['a node is answered by itself', -3, -3, false],
  ['a thread asks a node', 1, -3, true],
  ['a node asks a thread', -3, 1, true],
  ['a node asks another node by way of this one', -3, -4, true],
])('%s', (_, from, to, isAnew) => {
  const replies = new ReplyTable()
  const id = proxyAsk(replies, new Asker().origin(from), linkTo(to))
  expect([typeof id === 'number', replies.count]).toEqual([isAnew, isAnew ? 1 : 0])
})

test('the answer goes to whoever asked, under that one’s own number', () => {
  const asker = new Asker()
  const replies = new ReplyTable()
  const id = proxyAsk(replies, asker.origin(-3), linkTo(1)) ?? 0
  expect(replies.take(id, -9)).toBe(undefined)
  replies.take(id, 1)?.settle('yes')
  expect(asker.heard).toEqual([[-3, 5, 'yes']])
})

test('who waits no more is over, an offer only after its grace', () => {
  const asker = new Asker()
  const replies = new ReplyTable()
  const ask = proxyAsk(replies, asker.origin(-3), linkTo(1)) ?? 0
  const parts = { own: 0, offer: asker.offer(-3), nowMs: () => asker.nowMs }
  const offer = proxyOffer(replies, parts, linkTo(1)) ?? 0
  const over = (): unknown[] => [ask, offer].map((id) => replies.peek(id)?.isOver?.())
  expect(over()).toEqual([false, false])
  asker.nowMs = 100 + offerGraceMsMax
  expect(over()).toEqual([true, false])
  asker.nowMs++
  expect(over()).toEqual([true, true])
})

test('an offer of this runtime’s own is not asked anew', () => {
  const asker = new Asker()
  const parts = { own: 0, offer: asker.offer(0), nowMs: () => 0 }
  expect(proxyOffer(new ReplyTable(), parts, linkTo(-3))).toBe(undefined)
})

test('where no more questions may be open none is opened', () => {
  const full = { isFull: true, open: () => repliesOpenMax } as unknown as ReplyTable
  const asker = new Asker()
  expect(proxyAsk(full, asker.origin(-3), linkTo(1))).toBe(null)
  const parts = { own: 0, offer: asker.offer(-3), nowMs: () => 0 }
  expect(proxyOffer(full, parts, linkTo(1))).toBe(null)
})

test('a chain through this node is followed to those that it asked for, so that they find themselves in it', () => {
  const replies = new ReplyTable()
  const id = replies.open(new Proxied(new Asker().origin(2, [1, 9])), -3)
  const plain = replies.open({ settle: () => undefined, refuse: () => undefined }, -3)
  expect(followed([-3, 8, 0, id, 0, plain], 0, replies)).toEqual([-3, 8, 2, 5, 1, 9, 0, plain])
})

test('a chain that is followed grows no longer than a chain may be', () => {
  const replies = new ReplyTable()
  const chain = Array.from({ length: farChainMax * 2 }, () => 1)
  const id = replies.open(new Proxied(new Asker().origin(2, chain)), -3)
  expect(followed([0, id, 0, id], 0, replies)).toHaveLength(farChainMax * 2)
})
