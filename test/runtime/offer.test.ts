// Tests of the offer: it waits for room, in order, and tells its caller how that ended.
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { offersMax } from '../../runtime/offer.ts'
import type { Fault, Ref } from 'troupe'
import type { TestNode } from 'troupe/testing'

/** Room for two; each `take` waits until its gate is opened. */
function gated() {
  const opens: (() => void)[] = []
  const definition = defineActor('gated', {
    state: () => ({ seen: [] as number[] }),
    mailbox: { messagesMax: 2 },
    on: {
      async take(self, value: number) {
        await new Promise<void>((resolve) => opens.push(resolve))
        self.state.seen.push(value)
      },
      seen: (self) => self.state.seen,
    },
  })
  return { definition, opens }
}

/** Offers 0 to count - 1; returns what has become of each so far. */
function offerMany(ref: Ref, count: number, options?: { timeoutMs: number }): string[] {
  const states = Array.from({ length: count }, () => 'waits')
  for (let value = 0; value < count; value++) {
    ref.offer('take', value, options).then(
      () => (states[value] = 'sent'),
      (fault: Fault) => (states[value] = fault.code),
    )
  }
  return states
}

async function openAll(node: TestNode, opens: (() => void)[]): Promise<void> {
  for (let open = opens.shift(); open !== undefined; open = opens.shift()) {
    open()
    await node.settle()
  }
}

test('offers wait for room one by one and are handled in the order of their calls', async () => {
  await using node = await startTestNode()
  const { definition, opens } = gated()
  const ref = await node.spawn(definition)
  const states = offerMany(ref, 6)
  await node.settle()
  // Two found room; the turn that takes the first one lets the next in.
  expect(states).toEqual(['sent', 'sent', 'sent', 'waits', 'waits', 'waits'])
  opens.shift()?.()
  await node.settle()
  expect(states).toEqual(['sent', 'sent', 'sent', 'sent', 'waits', 'waits'])
  expect(node.audit()).toMatchObject({ waiting: 2, refused: 0 })
  await openAll(node, opens)
  expect(states).toEqual(Array.from({ length: 6 }, () => 'sent'))
  expect(await ref.ask('seen')).toEqual([0, 1, 2, 3, 4, 5])
  expect(node.runtime.host.timers.count).toBe(0)
})

test('an offer does not overtake one that waits, even when there is room', async () => {
  await using node = await startTestNode()
  const slow = defineActor('slow', {
    state: () => ({ seen: [] as number[] }),
    mailbox: { messagesMax: 1 },
    on: { take: (self, value: number) => void self.state.seen.push(value), seen: (self) => self.state.seen },
  })
  const ref = await node.spawn(slow)
  const offers = Array.from({ length: 100 }, (_, value) => ref.offer('take', value))
  await Promise.all(offers)
  await node.settle()
  expect(await ref.ask('seen')).toEqual(Array.from({ length: 100 }, (_, value) => value))
})

test('an offer from the handler that makes room stands behind those that wait for it', async () => {
  await using node = await startTestNode()
  const pushy = defineActor('pushy', {
    state: () => ({ seen: [] as number[] }),
    mailbox: { messagesMax: 1 },
    on: {
      take(self, value: number) {
        self.state.seen.push(value)
        if (value === 0) void self.ref.offer('take', 9)
      },
      seen: (self) => self.state.seen,
    },
  })
  const ref = await node.spawn(pushy)
  const states = offerMany(ref, 3)
  await node.settle()
  expect([states, await ref.ask('seen')]).toEqual([
    ['sent', 'sent', 'sent'],
    [0, 1, 2, 9],
  ])
})

test('an offer expires at its deadline, and nothing was sent', async () => {
  await using node = await startTestNode()
  const { definition, opens } = gated()
  const ref = await node.spawn(definition, 'g')
  const states = offerMany(ref, 4, { timeoutMs: 50 })
  await node.advance(49)
  expect(states).toEqual(['sent', 'sent', 'sent', 'waits'])
  await node.advance(1)
  expect(states[3]).toBe('offer-expired')
  await openAll(node, opens)
  expect(await ref.ask('seen')).toEqual([0, 1, 2])
  await expect(ref.offer('take', 9, { timeoutMs: 0 })).rejects.toMatchObject({ code: 'timeout-invalid' })
})

test('an offer in an empty mailbox is as quick as a tell', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(gated().definition)
  void ref.offer('take', 1)
  expect(node.audit().accepted).toBe(1)
})

test('offers that wait for an actor hear of its end, with how', async () => {
  for (const [end, code] of [
    ['kill', 'actor-killed'],
    ['stop', 'actor-stopped'],
  ] as const) {
    await using node = await startTestNode()
    const { definition, opens } = gated()
    const ref = await node.spawn(definition, { restart: 'temporary' })
    const states = offerMany(ref, 5)
    await node.settle()
    ref[end]()
    await node.settle()
    await openAll(node, opens)
    expect(states.slice(0, 3)).toEqual(['sent', 'sent', 'sent'])
    expect(new Set(states.slice(3))).toEqual(new Set([code]))
    expect(node.runtime.host.timers.count).toBe(0)
  }
})

test('offers wait on through a restart', async () => {
  await using node = await startTestNode()
  const fragile = defineActor('fragile', {
    mailbox: { messagesMax: 1 },
    on: {
      take(_self, value: number) {
        if (value === 0) throw new Error('broken by the first')
      },
    },
  })
  const ref = await node.spawn(fragile)
  const states = offerMany(ref, 4)
  await node.settle()
  expect(states).toEqual(['sent', 'sent', 'sent', 'sent'])
  expect(node.audit()).toMatchObject({ handled: 3, dead: 1 })
})

test('an offer to nobody, or to one that stops, fails at once', async () => {
  await using node = await startTestNode()
  const { definition } = gated()
  const ref = await node.spawn(definition)
  ref.stop()
  await expect(ref.offer('take', 1)).rejects.toMatchObject({ code: 'actor-stopped' })
  await node.settle()
  await expect(ref.offer('take', 1)).rejects.toMatchObject({ code: 'actor-unknown' })
  expect(node.audit().accepted).toBe(0)
})

test('offers are bounded in number', async () => {
  await using node = await startTestNode({ strict: false })
  const { definition } = gated()
  const ref = await node.spawn(definition, { restart: 'temporary' })
  ref.tell('take', 0)
  await node.settle()
  const states = offerMany(ref, offersMax + 3)
  await node.settle()
  expect(states.filter((state) => state === 'waits')).toHaveLength(offersMax)
  expect(states.at(-1)).toBe('offers-full')
  expect(states.slice(0, 3)).toEqual(['sent', 'sent', 'waits'])
})

test('an actor that offers to itself with a full mailbox is not stuck for longer than its deadline', async () => {
  await using node = await startTestNode()
  const selfish = defineActor('selfish', {
    mailbox: { messagesMax: 1 },
    on: {
      async go(self) {
        self.ref.tell('rest')
        return self.ref.offer('rest', undefined, { timeoutMs: 20 }).catch((fault: Fault) => fault.code)
      },
      rest() {},
    },
  })
  const ref = await node.spawn(selfish)
  const gone = ref.ask('go')
  await node.advance(20)
  expect(await gone).toBe('offer-expired')
})
