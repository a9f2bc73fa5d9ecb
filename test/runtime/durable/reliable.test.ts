// Reliable tells: what was written with its sender's commit takes effect once, in order, whatever fails on the way.
import { beforeEach, describe, expect, test } from 'vitest'
import { defineActor, Fault } from '../../../index.ts'
import { ManualClock, startTestNode } from '../../../scenarios/testing/index.ts'
import { MemoryJournal } from '../../../node/journal/memory-journal.ts'
import { isQuiet } from '../../../runtime/durable/quiet.ts'
import { outboxLettersMax } from '../../../runtime/durable/outbox.ts'
import { lettersUnderWayMax } from '../../../runtime/durable/lane.ts'
import { sendersMax } from '../../../runtime/durable/inbox.ts'
import { listener, saver, teller, tried } from './bank.ts'
import type { Append } from '../../../runtime/journal.ts'
import type { Ref } from '../../../index.ts'
import type { TestNode } from '../../../scenarios/testing/index.ts'

const full = new Fault('journal-full', 'Cannot keep it: the disk is full', { hint: 'Make room.' })
const failed = new Fault('journal-failed', 'Cannot keep it: the disk has failed', {
  hint: 'Look at the disk.',
  outcome: 'unknown',
})

const journalOf = (node: TestNode): MemoryJournal => node.runtime.host.durability?.journal as MemoryJournal

/** Two tellers; what one sends is for the other. */
async function bank(journal = new MemoryJournal(new ManualClock())) {
  const node = await startTestNode({ journal })
  const ada = await node.spawn(teller, 'bank/ada')
  const bob = await node.spawn(teller, 'bank/bob')
  const owes = (path: string): number =>
    node.runtime.cellAt(path)?.rareIfAny?.durable?.duties.lettersCount ?? -1
  return { node, journal, ada, bob, owes }
}

/** For a while nobody lives there. */
async function gone(node: TestNode, ref: { stop(): void }): Promise<void> {
  ref.stop()
  await node.settle()
}

beforeEach(() => tried.clear())

test('a transfer takes effect once on both sides, and nothing is owed any more', async () => {
  const { node, ada, bob, owes } = await bank()
  await ada.ask('transfer', { to: bob, id: 'a', amount: 5 })
  expect(owes('bank/ada')).toBe(1)
  await node.settle()
  expect(await bob.ask('balance')).toBe(105)
  await node.advance(1_000)
  expect(owes('bank/ada')).toBe(0)
  expect(isQuiet(node.runtime.cellAt('bank/ada')!)).toBe(true)
  await node.advance(100_000)
  expect(await bob.ask('log')).toEqual(['+a'])
  await node[Symbol.asyncDispose]()
})

test('nothing leaves before it is safe', async () => {
  const { node, journal, ada, bob } = await bank()
  journal.hold()
  ada.tell('transfer', { to: bob, id: 'a', amount: 5 })
  await node.settle()
  expect(tried.size).toBe(0)
  journal.letGo()
  await node.settle()
  expect(await bob.ask('balance')).toBe(105)
  await node.stop()
})

test('what is being written does not leave with what is safe', async () => {
  const second = Promise.withResolvers<void>()
  class SlowSecond extends MemoryJournal {
    override append(append: Append, done: (fault: Fault | undefined) => void): void {
      const own = { ...append, body: append.body.slice() }
      if (append.id !== 'bank/cid' || append.seq !== 2) super.append(own, done)
      else void second.promise.then(() => super.append(own, done))
    }
  }
  const { node, bob } = await bank(new SlowSecond(new ManualClock()))
  const cid = await node.spawn(teller, 'bank/cid')
  await cid.ask('balance')
  cid.tell('transferBoth', { to: bob, ids: ['a', 'b'] })
  await node.settle()
  expect([...tried.keys()]).toEqual(['a'])
  second.resolve()
  await node.settle()
  expect([...tried.keys()]).toEqual(['a', 'b'])
  await node.stop()
})

test('what a handler has written before it fails is not sent', async () => {
  const { node, ada, bob } = await bank()
  ada.tell('transferAndFail', { to: bob, id: 'a', amount: 5 })
  await node.advance(100_000)
  expect(tried.size).toBe(0)
  expect(await ada.ask('balance')).toBe(100)
  await node.stop()
})

test('the letter, the mark and the change of the state are one record each', async () => {
  const { node, journal, ada, bob } = await bank()
  await ada.ask('transfer', { to: bob, id: 'a', amount: 5 })
  await node.settle()
  expect(await journal.read('bank/bob', 1, 10)).toHaveLength(1)
  expect(await journal.read('bank/ada', 1, 10)).toHaveLength(1)
  await node.stop()
})

test('letters arrive in the order in which they were sent, many more than may be under way', async () => {
  const { node, ada, bob } = await bank()
  const ids = Array.from({ length: 3 * lettersUnderWayMax }, (_, index) => `n${index}`)
  await ada.ask('notify', { to: bob, ids })
  expect(bobWaiting(node)).toBeLessThanOrEqual(lettersUnderWayMax)
  await node.settle()
  expect(await bob.ask('log')).toEqual(ids.map((id) => `+${id}`))
  await node.stop()
})

const bobWaiting = (node: TestNode): number => node.runtime.cellAt('bank/bob')?.waiting ?? 0

test('an actor that keeps its state has the mark in the same record', async () => {
  const journal = new MemoryJournal(new ManualClock())
  const first = await startTestNode({ journal })
  const ada = await first.spawn(saver, 'ada')
  const bob = await first.spawn(saver, 'bob')
  await ada.ask('transfer', { to: bob, id: 'a', amount: 5 })
  await first.settle()
  expect(await bob.ask('balance')).toBe(105)
  const next = await startTestNode({ journal })
  const again = await next.spawn(saver, 'bob')
  const sender = await next.spawn(saver, 'ada')
  await next.advance(100_000)
  expect(await again.ask('balance')).toBe(105)
  expect(await sender.ask('balance')).toBe(95)
  await next[Symbol.asyncDispose]()
})

test.each(['sender first', 'receiver first'])(
  'after a crash of the node the letter goes on: %s',
  async (order) => {
    const { journal, ada, bob } = await bank()
    bob.stop()
    await ada.ask('transfer', { to: bob, id: 'a', amount: 5 })
    await using next = await startTestNode({ journal })
    const paths = order === 'sender first' ? ['bank/ada', 'bank/bob'] : ['bank/bob', 'bank/ada']
    for (const path of paths) await next.spawn(teller, path)
    await next.advance(10_000)
    expect(await next.find('bank/bob')?.ask('balance')).toBe(105)
    await next.advance(100_000)
    expect(await next.find('bank/bob')?.ask('log')).toEqual(['+a'])
  },
)

test('whoever is not there gets it when he comes', async () => {
  await using node = await startTestNode()
  const ada = await node.spawn(teller, 'bank/ada')
  const bob = await node.spawn(teller, 'bank/bob')
  bob.stop()
  await node.settle()
  await ada.ask('transfer', { to: bob, id: 'a', amount: 5 })
  await node.advance(60_000)
  const before = node.runtime.host.deadLetters.counts()['actor-unknown']
  expect(before).toBeGreaterThan(1)
  expect(before).toBeLessThan(12)
  await node.spawn(teller, 'bank/bob')
  await node.advance(40_000)
  expect(await bob.ask('balance')).toBe(105)
})

describe('a handler that fails', () => {
  test('before its commit is tried again, and what follows waits for it', async () => {
    const { node, ada, bob } = await bank()
    await ada.ask('transfer', { to: bob, id: 'a', amount: 5, failures: 2, how: 'early' })
    await ada.ask('transfer', { to: bob, id: 'b', amount: 7 })
    await node.advance(10_000)
    expect(await bob.ask('log')).toEqual(['+a', '+b'])
    expect(tried.get('a')).toBe(3)
    expect(node.runtime.host.deadLetters.total).toBe(0)
    await node[Symbol.asyncDispose]()
  })

  test('behind its commit is not', async () => {
    const { node, ada, bob } = await bank()
    await ada.ask('transfer', { to: bob, id: 'a', amount: 5, failures: 9, how: 'late' })
    await ada.ask('transfer', { to: bob, id: 'b', amount: 7 })
    await node.advance(10_000)
    expect(await bob.ask('log')).toEqual(['+a', '+b'])
    expect(tried.get('a')).toBe(1)
    expect(node.runtime.host.deadLetters.counts()).toEqual({ 'handler-failed': 1 })
    await node[Symbol.asyncDispose]()
  })

  test('each time is given up, and what follows goes on', async () => {
    const { node, ada, bob, owes } = await bank()
    await ada.ask('transfer', { to: bob, id: 'a', amount: 5, failures: 99, how: 'early' })
    await ada.ask('transfer', { to: bob, id: 'b', amount: 7 })
    await node.advance(20_000)
    expect(await bob.ask('log')).toEqual(['+b'])
    expect(tried.get('a')).toBe(3)
    expect(node.runtime.host.deadLetters.counts()).toEqual({ 'message-poisoned': 1 })
    expect(owes('bank/ada')).toBe(0)
    await node[Symbol.asyncDispose]()
  })

  test('with an expected fault has answered', async () => {
    const { node, ada, bob, owes } = await bank()
    await ada.ask('transfer', { to: bob, id: 'a', amount: 5, how: 'refused' })
    await ada.ask('transfer', { to: bob, id: 'b', amount: 7 })
    await node.advance(20_000)
    expect(await bob.ask('log')).toEqual(['+b'])
    expect(tried.get('a')).toBe(1)
    expect(node.runtime.host.deadLetters.counts()).toEqual({ 'handler-failed': 1 })
    expect(owes('bank/ada')).toBe(0)
    await node[Symbol.asyncDispose]()
  })

  test('because nothing can be written is tried until it can', async () => {
    const { node, journal, ada, bob } = await bank()
    await gone(node, bob)
    await ada.ask('transfer', { to: bob, id: 'a', amount: 5 })
    for (let i = 0; i < 5; i++) journal.failNext(full)
    await node.spawn(teller, 'bank/bob')
    await node.advance(100_000)
    expect(await bob.ask('log')).toEqual(['+a'])
    expect(tried.get('a')).toBe(6)
    await node[Symbol.asyncDispose]()
  })

  test.each([true, false])(
    'without a word of its commit is judged by the journal: kept %s',
    async (isKept) => {
      const { node, journal, ada, bob } = await bank()
      await gone(node, bob)
      await ada.ask('transfer', { to: bob, id: 'a', amount: 5 })
      journal.failNext(failed, isKept)
      await node.spawn(teller, 'bank/bob')
      await node.advance(100_000)
      expect(await bob.ask('log')).toEqual(['+a'])
      expect(tried.get('a')).toBe(isKept ? 1 : 2)
      await node[Symbol.asyncDispose]()
    },
  )
})

test('a mark whose record was refused goes into the next one', async () => {
  const stubborn = defineActor('stubborn', {
    state: () => ({ log: [] as string[] }),
    events: {
      was(state, id: string) {
        state.log.push(id)
      },
    },
    on: {
      async credit(self, { id }: { readonly id: string }) {
        await self.persist('was', 'large').catch(() => undefined)
        await self.persist('was', id)
      },
      log: (self) => self.state.log,
    },
  })
  await using node = await startTestNode()
  const ada = await node.spawn(teller, 'bank/ada')
  const odd = await node.spawn(stubborn, 'odd')
  await gone(node, odd)
  await ada.ask('notify', { to: odd as never, ids: ['a'] })
  journalOf(node).failNext(full)
  await node.spawn(stubborn, 'odd')
  await node.advance(1_500)
  expect(await odd.ask('log')).toEqual(['a'])
  const mark = node.runtime.cellAt('odd')?.rareIfAny?.durable?.duties.handled.get('bank/ada')
  expect(mark).toMatchObject({ upTo: 1 })
  await node.advance(100_000)
  expect(await odd.ask('log')).toEqual(['a'])
})

test('a letter whose record was refused goes with the next one, and no number is left out', async () => {
  const stubborn = defineActor('stubborn', {
    state: () => 0,
    events: { was: (state: number) => state + 1 },
    on: {
      async send(self, to: Ref) {
        to.tell('credit', { id: 'a', amount: 0 }, { reliable: true })
        await self.persist('was').catch(() => undefined)
        to.tell('credit', { id: 'b', amount: 0 }, { reliable: true })
        await self.persist('was')
      },
    },
  })
  await using node = await startTestNode()
  const odd = await node.spawn(stubborn, 'odd')
  const bob = await node.spawn(teller, 'bank/bob')
  journalOf(node).failNext(full)
  await odd.ask('send', bob)
  await node.settle()
  expect(await bob.ask('log')).toEqual(['+a', '+b'])
})

test('a handler must not set it aside, and is told so', async () => {
  const stasher = defineActor('stasher', {
    state: () => 0,
    events: {},
    on: { credit: (self) => self.stash() },
  })
  const { node, ada } = await bank()
  const odd = await node.spawn(stasher, 'odd')
  await ada.ask('notify', { to: odd as never, ids: ['a'] })
  await node.advance(100_000)
  const [letter] = node.runtime.host.deadLetters.list()
  expect(letter).toMatchObject({ reason: 'handler-failed', fault: { code: 'stash-misused' } })
  await node[Symbol.asyncDispose]()
})

test('a message that the receiver does not know is a dead letter, and what follows goes on', async () => {
  const { node, ada, bob, owes } = await bank()
  const deaf = defineActor('deaf', { state: () => 0, events: {}, on: { hi: () => 'hi' } })
  const odd = await node.spawn(deaf, 'odd')
  await ada.ask('notify', { to: odd as never, ids: ['a'] })
  await ada.ask('notify', { to: bob, ids: ['b'] })
  await node.advance(20_000)
  expect(await bob.ask('log')).toEqual(['+b'])
  expect(node.runtime.host.deadLetters.list()[0]).toMatchObject({ fault: { code: 'message-unknown' } })
  expect(owes('bank/ada')).toBe(0)
  await node[Symbol.asyncDispose]()
})

describe('to an actor that forgets', () => {
  test('each is handled once over its restarts', async () => {
    const { node, ada } = await bank()
    const ear = await node.spawn(listener, 'ear')
    await ada.ask('notify', { to: ear as never, ids: ['a', 'b'] })
    await node.settle()
    expect(await ear.ask('log')).toEqual(['a', 'b'])
    node.runtime.cellAt('ear')?.signal({ type: 'restart' })
    await ada.ask('notify', { to: ear as never, ids: ['c'] })
    await node.advance(100_000)
    expect(await ear.ask('log')).toEqual(['c'])
    expect([...tried]).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 1],
    ])
    await node[Symbol.asyncDispose]()
  })

  test('one that fails is tried again, and given up in the end', async () => {
    const { node, ada, owes } = await bank()
    const ear = await node.spawn(listener, 'ear')
    await ada.ask('transfer', { to: ear as never, id: 'a', amount: 0, failures: 2 })
    await ada.ask('transfer', { to: ear as never, id: 'b', amount: 0, failures: 99 })
    await ada.ask('transfer', { to: ear as never, id: 'c', amount: 0, how: 'refused' })
    await node.advance(100_000)
    expect([...tried]).toEqual([
      ['a', 3],
      ['b', 3],
      ['c', 1],
    ])
    expect(node.runtime.host.deadLetters.counts()).toEqual({ 'message-poisoned': 1, 'handler-failed': 1 })
    expect(owes('bank/ada')).toBe(0)
    await node[Symbol.asyncDispose]()
  })

  test('one that comes after a restart of the node begins where the sender knows that it was', async () => {
    const journal = new MemoryJournal(new ManualClock())
    const first = await startTestNode({ journal })
    const ada = await first.spawn(teller, 'bank/ada')
    const ear = await first.spawn(listener, 'ear')
    await ada.ask('notify', { to: ear as never, ids: ['a', 'b'] })
    await first.advance(2_000)
    await using next = await startTestNode({ journal })
    const sender = await next.spawn(teller, 'bank/ada')
    const later = await next.spawn(listener, 'ear')
    await sender.ask('notify', { to: later as never, ids: ['c'] })
    await next.settle()
    expect(await later.ask('log')).toEqual(['c'])
  })
})

test('only a durable actor can send them', async () => {
  const volatile = defineActor('volatile', {
    on: { go: (_self, to: Ref) => to.tell('credit', {}, { reliable: true }) },
  })
  await using node = await startTestNode()
  const bob = await node.spawn(teller, 'bank/bob')
  expect(() => bob.tell('credit', { id: 'a', from: '', amount: 0 }, { reliable: true })).toThrow(
    expect.objectContaining({ code: 'sender-volatile' }),
  )
  const odd = await node.spawn(volatile, 'v')
  await expect(odd.ask('go', bob)).rejects.toMatchObject({ code: 'sender-volatile' })
})

test('hooks can send them', async () => {
  const hooked = defineActor('hooked', {
    state: (to: Ref) => ({ to }),
    events: {},
    async recovered(self) {
      await undefined
      self.state.to.tell('credit', { id: 'recovered', amount: 0 }, { reliable: true })
    },
    started(self) {
      self.state.to.tell('credit', { id: 'started', amount: 0 }, { reliable: true })
      self.watch(self.state.to)
    },
    down(_self, ref) {
      ref.tell('credit', { id: 'down', amount: 0 }, { reliable: true })
    },
    on: { hi: () => 'hi' },
  })
  await using node = await startTestNode()
  const bob = await node.spawn(teller, 'bank/bob')
  await node.spawn(hooked, 'h', bob)
  await node.settle()
  expect(await bob.ask('log')).toEqual(['+recovered', '+started'])
  bob.stop()
  await node.settle()
  await node.spawn(teller, 'bank/bob')
  await node.advance(100_000)
  expect(await bob.ask('log')).toEqual(['+recovered', '+started', '+down'])
})

test('a payload that cannot be kept is refused where it is sent', async () => {
  const odd = defineActor('odd', {
    state: () => 0,
    events: {},
    on: {
      go: (_self, to: Ref) => to.tell('credit', { no: () => 0 }, { reliable: true }),
    },
  })
  await using node = await startTestNode({ strict: false })
  const bob = await node.spawn(teller, 'bank/bob')
  const ref = await node.spawn(odd, 'o')
  await expect(ref.ask('go', bob)).rejects.toMatchObject({ code: 'payload-unencodable' })
})

test('an outbox that is full refuses more, and goes on when there is room', async () => {
  await using node = await startTestNode()
  const ada = await node.spawn(teller, 'bank/ada')
  const bob = await node.spawn(teller, 'bank/bob')
  bob.stop()
  await node.settle()
  const ids = Array.from({ length: outboxLettersMax }, (_, index) => `${index}`)
  await expect(ada.ask('notify', { to: bob, ids: [...ids, 'more'] })).rejects.toMatchObject({
    code: 'outbox-full',
  })
  await ada.ask('notify', { to: bob, ids })
  await expect(ada.ask('notify', { to: bob, ids: ['more'] })).rejects.toMatchObject({ code: 'outbox-full' })
  await node.spawn(teller, 'bank/bob')
  await node.advance(40_000)
  expect((await bob.ask('log')).length).toBe(outboxLettersMax)
  await ada.ask('notify', { to: bob, ids: ['more'] })
})

test('a receiver that remembers too many senders refuses another one', async () => {
  const { node, ada, bob } = await bank()
  const { duties } = node.runtime.cellAt('bank/bob')!.rare.durable!
  duties.apply({ handled: Array.from({ length: sendersMax }, (_, i) => [`s${i}`, 's', 1] as const) })
  await ada.ask('notify', { to: bob, ids: ['a'] })
  await node.settle()
  expect(node.runtime.host.deadLetters.counts()).toEqual({ 'senders-full': 1 })
  duties.clear()
  await node.advance(2_000)
  expect(await bob.ask('log')).toEqual(['+a'])
  await node.stop()
})

test('forged words of the runtime are dead letters', async () => {
  const { node, bob } = await bank()
  const any = bob as unknown as { tell(name: string, payload?: unknown): void }
  for (const name of ['$reliable', '$ack', '$once', '$beat', '$other']) any.tell(name, { from: 1, key: '' })
  any.tell('$reliable', { from: 'x', sender: 'y', number: 1, settled: 0, name: '$reliable', payload: 0 })
  await node.settle()
  expect(node.runtime.host.deadLetters.counts()).toEqual({ 'message-unknown': 6 })
  await node[Symbol.asyncDispose]()
})

test('a definition cannot take a name of the runtime', () => {
  expect(() => defineActor('odd', { on: { $ack: () => 0 } })).toThrow(
    expect.objectContaining({ code: 'definition-invalid' }),
  )
})

test('who owes letters cannot forget, and later can; who comes after is another sender', async () => {
  const forgetful = defineActor('forgetful', {
    state: () => 0,
    events: {},
    on: {
      send: (_self, { to, id }: { readonly to: Ref; readonly id: string }) =>
        to.tell('credit', { id, amount: 0 }, { reliable: true }),
      forget: (self) => self.forget(),
    },
  })
  await using node = await startTestNode()
  const odd = await node.spawn(forgetful, 'odd')
  const bob = await node.spawn(teller, 'bank/bob')
  await odd.ask('send', { to: bob, id: 'a' })
  await expect(odd.ask('forget')).rejects.toMatchObject({ code: 'letters-waiting' })
  await node.advance(2_000)
  await odd.ask('forget')
  await odd.ask('send', { to: bob, id: 'b' })
  await node.advance(2_000)
  expect(await bob.ask('log')).toEqual(['+a', '+b'])
})

test('behind its handler nobody sends or starts a timer: nothing would write it down', async () => {
  const codes: string[] = []
  const behind = defineActor('behind', {
    state: () => 0,
    events: {},
    on: {
      async go(self, to: Ref) {
        self.after(1e6, 'go', undefined, { durable: true })
        void begun()
        async function begun(): Promise<void> {
          for (let i = 0; i < 50; i++) await undefined
          const attempts = [
            () => to.tell('credit', { id: 'a', amount: 0 }, { reliable: true }),
            () => self.after(1, 'go', undefined, { durable: true, key: 'k' }),
            () => self.cancel('go'),
          ]
          for (const attempt of attempts) {
            try {
              attempt()
            } catch (fault) {
              codes.push(Fault.is(fault) ? fault.code : 'other')
            }
          }
        }
      },
    },
  })
  await using node = await startTestNode()
  const bob = await node.spawn(teller, 'bank/bob')
  await (await node.spawn(behind, 'b')).ask('go', bob)
  await node.settle()
  expect(codes).toEqual(['handler-over', 'handler-over', 'handler-over'])
  expect(isQuiet(node.runtime.cellAt('b')!)).toBe(true)
})
