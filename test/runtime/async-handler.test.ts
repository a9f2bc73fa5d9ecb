// Tests of asynchronous handlers: one message at a time, in order, each to its end, while others go on.
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import type { Ref } from 'troupe'

function makeGates(count: number): PromiseWithResolvers<void>[] {
  return Array.from({ length: count }, () => Promise.withResolvers<void>())
}

/** Notes the begin and the end of each message; those below `gates.length` wait at their gate. */
function noting(gates: PromiseWithResolvers<void>[]) {
  return defineActor('noting', {
    state: () => ({ notes: [] as string[] }),
    on: {
      async work(self, index: number) {
        self.state.notes.push(`+${index}`)
        await gates[index]?.promise
        await Promise.resolve()
        self.state.notes.push(`-${index}`)
        return index
      },
      quick(self, index: number) {
        self.state.notes.push(`+${index}`, `-${index}`)
        return index
      },
      notes: (self) => self.state.notes,
    },
    down(self) {
      self.state.notes.push('down')
    },
  })
}

test('a message waits until the one before has ended, whatever kind either is', async () => {
  await using node = await startTestNode()
  const gates = makeGates(3)
  const ref = await node.spawn(noting(gates))
  const asks = [ref.ask('work', 0), ref.ask('quick', 1), ref.ask('work', 2)]
  await node.settle()
  expect(node.audit()).toMatchObject({ inHand: 1, waiting: 2, handled: 0, isBalanced: true })
  gates[2]?.resolve()
  await node.settle()
  expect(node.audit()).toMatchObject({ inHand: 1, waiting: 2 })
  gates[0]?.resolve()
  expect(await Promise.all(asks)).toEqual([0, 1, 2])
  expect(await ref.ask('notes')).toEqual(['+0', '-0', '+1', '-1', '+2', '-2'])
})

test('other actors go on while one waits', async () => {
  await using node = await startTestNode()
  const gates = makeGates(1)
  const definition = noting(gates)
  const [busy, free] = await Promise.all([node.spawn(definition), node.spawn(definition)])
  busy.tell('work', 0)
  await node.settle()
  expect(await free.ask('quick', 7)).toBe(7)
  gates[0]?.resolve()
})

test('a handler that returns a promise without being declared async is awaited as well', async () => {
  await using node = await startTestNode()
  const gates = makeGates(1)
  const plain = defineActor('plain', {
    on: { wait: (_self, value: number) => gates[0]?.promise.then(() => value), quick: () => 'quick' },
  })
  const ref = await node.spawn(plain)
  const asks = [ref.ask('wait', 5), ref.ask('quick')]
  await node.settle()
  expect(node.audit()).toMatchObject({ inHand: 1, waiting: 1 })
  gates[0]?.resolve()
  expect(await Promise.all(asks)).toEqual([5, 'quick'])
})

test('a thousand asynchronous messages keep their order', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(noting([]))
  for (let index = 0; index < 1_000; index++) ref.tell('work', index)
  await node.settle()
  const notes = (await ref.ask('notes')) as string[]
  expect(notes).toEqual(Array.from({ length: 1_000 }, (_, i) => [`+${i}`, `-${i}`]).flat())
})

test('a down is not heard in the middle of a handler, but before the next message', async () => {
  await using node = await startTestNode()
  const gates = makeGates(1)
  const watching = defineActor('watching', {
    state: () => ({ notes: [] as string[] }),
    on: {
      async work(self, target: Ref) {
        self.watch(target)
        target.kill()
        await gates[0]?.promise
        self.state.notes.push('worked')
      },
      notes: (self) => self.state.notes,
    },
    down(self, ref, exit) {
      self.state.notes.push(`${ref.path} ${exit.cause}`)
    },
  })
  const victim = await node.spawn(noting([]), { name: 'victim', restart: 'temporary' })
  const ref = await node.spawn(watching)
  ref.tell('work', victim)
  const notes = ref.ask('notes')
  await node.settle()
  gates[0]?.resolve()
  expect(await notes).toEqual(['worked', 'victim killed'])
})

test('an asynchronous down hook holds the mail back until it has ended', async () => {
  await using node = await startTestNode()
  const gates = makeGates(1)
  const slow = defineActor('slow', {
    state: () => ({ notes: [] as string[] }),
    on: { look: (self, target: Ref) => self.watch(target), notes: (self) => self.state.notes },
    async down(self) {
      await gates[0]?.promise
      self.state.notes.push('heard')
    },
  })
  const victim = await node.spawn(noting([]))
  const ref = await node.spawn(slow)
  ref.tell('look', victim)
  await node.settle()
  victim.stop()
  await node.settle()
  const notes = ref.ask('notes')
  await node.settle()
  expect(node.audit()).toMatchObject({ waiting: 1, inHand: 0 })
  gates[0]?.resolve()
  expect(await notes).toEqual(['heard'])
})

test('a handler that never ends is cut off when its actor must stop, and its message is a dead letter', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(noting(makeGates(1)), 'n')
  const probe = node.probe()
  probe.watch(ref)
  ref.tell('work', 0)
  await node.settle()
  const stop = node.operator.stop(node.runtime.cellAt('n')!)
  await node.advance(4_999)
  expect(node.audit().inHand).toBe(1)
  await node.advance(1)
  expect((await stop).cause).toBe('killed')
  await probe.expectDown(ref, 'killed', { withinMs: 0 })
  expect(node.audit().deadLetters).toEqual({ 'handler-abandoned': 1 })
})

test('what an abandoned handler brings back is not taken, and its self is of no use to it', async () => {
  await using node = await startTestNode()
  const gate = Promise.withResolvers<void>()
  const after: string[] = []
  const late = defineActor('late', {
    state: () => ({ count: 0 }),
    on: {
      async work(self) {
        await gate.promise
        try {
          self.state.count++
        } catch (fault) {
          after.push((fault as { code: string }).code)
        }
        return 'late reply'
      },
      count: (self) => self.state.count,
    },
  })
  const ref = await node.spawn(late)
  const work = ref.ask('work').catch((fault: { code: string }) => fault.code)
  await node.settle()
  ref.kill()
  await node.settle()
  gate.resolve()
  await node.settle()
  expect([await work, after, await ref.ask('count')]).toEqual(['handler-abandoned', ['self-expired'], 0])
  expect(node.audit()).toMatchObject({ handled: 1, dead: 1, inHand: 0 })
})

test('what a handler sends after an await comes from its actor', async () => {
  await using node = await startTestNode()
  const probe = node.probe()
  const sender = defineActor('sender', {
    on: {
      async send(_self, to: Ref) {
        to.tell('before')
        await Promise.resolve()
        to.tell('after')
        await new Promise<void>((resolve) => node.clock.soon(resolve))
        to.tell('later')
      },
    },
  })
  const senders = await Promise.all(['a', 'b'].map((name) => node.spawn(sender, name)))
  for (const ref of senders) ref.tell('send', probe.ref)
  const from: Record<string, string[]> = { a: [], b: [] }
  for (let i = 0; i < 6; i++) {
    const message = await probe.expectMessage()
    from[message.from ?? 'nobody']?.push(message.name)
  }
  expect(from).toEqual({ a: ['before', 'after', 'later'], b: ['before', 'after', 'later'] })
})

test('what a handler sends after an await is never ascribed to the actor that sent it its message', async () => {
  await using node = await startTestNode()
  const probe = node.probe()
  const relay = defineActor('relay', {
    on: { pass: (_self, to: Ref) => Promise.resolve().then(() => to.tell('passed')) },
  })
  const first = defineActor('first', {
    on: {
      async begin(_self, { to, by }: { to: Ref; by: Ref }) {
        await new Promise<void>((resolve) => node.clock.soon(resolve))
        by.tell('pass', to)
      },
    },
  })
  ;(await node.spawn(first, 'first')).tell('begin', { to: probe.ref, by: await node.spawn(relay, 'relay') })
  expect((await probe.expectMessage('passed')).from).not.toBe('first')
})

test('what the world outside sends while a handler waits comes from nobody', async () => {
  await using node = await startTestNode()
  const probe = node.probe()
  const gates = makeGates(1)
  ;(await node.spawn(noting(gates))).tell('work', 0)
  await node.settle()
  probe.ref.tell('hello')
  expect((await probe.expectMessage('hello')).from).toBeUndefined()
  gates[0]?.resolve()
})
