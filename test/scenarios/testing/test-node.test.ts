// Tests of the test node: time by hand, chance and order from a seed, and books that must balance.
import { expect, test } from 'vitest'
import { defineActor, Node } from 'troupe'
import { ManualClock, startTestNode } from 'troupe/testing'
import { seededRandom } from '../../../runtime/random.ts'
import type { Ref } from 'troupe'
import type { TestNode } from 'troupe/testing'

const teller = defineActor('teller', {
  on: {
    go(self, to: Ref) {
      for (let i = 0; i < 3; i++) to.tell('from', self.path)
    },
    chance: (self) => self.random(),
    sleep: (self, ms: number) => self.after(ms, 'awake'),
    awake() {},
    never: () => new Promise<void>(() => undefined),
  },
})

async function orderOf(seed: number): Promise<string> {
  await using node = await startTestNode({ seed })
  const probe = node.probe()
  const tellers = await Promise.all(Array.from({ length: 8 }, (_, i) => node.spawn(teller, `t${i}`)))
  for (const ref of tellers) ref.tell('go', probe.ref)
  const seen: unknown[] = []
  for (let i = 0; i < 24; i++) seen.push((await probe.expectMessage('from')).payload)
  return seen.join()
}

test('the same seed gives the same order of turns, another seed another one', async () => {
  const orders = await Promise.all([1, 1, 2, 3, 4].map(orderOf))
  expect(orders[0]).toBe(orders[1])
  expect(new Set(orders).size).toBe(4)
})

test('the same seed gives the same chance', async () => {
  const draw = async (seed?: string): Promise<number> => {
    await using node = await startTestNode(seed === undefined ? {} : { seed })
    return (await node.spawn(teller)).ask('chance')
  }
  expect(await draw('a')).toBe(await draw('a'))
  expect(await draw('a')).not.toBe(await draw('b'))
  expect(await draw()).toBe(await draw())
})

test('a test node is a Node, strict unless that is switched off', async () => {
  await using strict = await startTestNode()
  await using lax = await startTestNode({ strict: false, name: 'lax' })
  const unencodable = (): number => 1
  expect(strict).toBeInstanceOf(Node)
  expect(() => strict.probe().ref.tell('x', unencodable)).toThrow('$ is a function')
  const probe = lax.probe()
  probe.ref.tell('x', unencodable)
  expect((await probe.expectMessage('x')).payload).toBe(unencodable)
  expect([strict.name, lax.name]).toEqual(['local', 'lax'])
})

test('a timer rings at its time and not before', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(teller)
  ref.tell('sleep', 100)
  await node.advance(99)
  expect(node.audit().handled).toBe(1)
  await node.advance(1)
  expect(node.audit().handled).toBe(2)
})

test('definitions are loaded from files', async () => {
  await using node = await startTestNode({ load: ['scenarios/hello/counter.ts'] })
  expect(node.definitions.get('counter').name).toBe('counter')
})

test('a file that does not load fails the start', async () => {
  await expect(startTestNode({ load: ['scenarios/hello/nowhere.ts'] })).rejects.toMatchObject({
    code: 'file-unloadable',
  })
})

test('to close a node moves the time only as far as its slowest actor needs', async () => {
  const node = await startTestNode()
  const ref = await node.spawn(teller, { shutdownMs: 700 })
  ref.tell('never')
  await node.settle()
  await node[Symbol.asyncDispose]()
  expect(node.clock.now()).toBe(700)
})

test('a node whose actor never ends cannot be closed, and says whose fault that is', async () => {
  const node = await startTestNode()
  const ref = await node.spawn(teller, { name: 'stubborn', shutdownMs: Infinity })
  ref.tell('never')
  await expect(node[Symbol.asyncDispose]()).rejects.toMatchObject({
    code: 'node-unstoppable',
    message: 'Cannot close node "local": "stubborn" did not end',
  })
})

/** Makes the books wrong by hand: each is what a bug of the kernel would leave behind. */
const bugs: readonly (readonly [name: string, (node: TestNode, path: string) => void])[] = [
  ['a message lost from a mailbox', (node, path) => void node.runtime.cellAt(path)?.mailbox.shift()],
  ['a message handled and not counted', (node, path) => void node.runtime.cellAt(path)!.handled--],
  ['a message counted twice', (node, path) => void node.runtime.cellAt(path)!.accepted++],
  ['an ask without an ending', (node) => void node.runtime.host.asks.opened++],
  ['a dead letter that no actor knows of', (node) => void node.runtime.host.totals.refused++],
  ['an actor that was forgotten', (node) => void node.runtime.host.totals.actors++],
  ['an actor that ended with a message', (node) => void node.runtime.host.totals.accepted++],
]
for (const [name, plant] of bugs) {
  test(`a node with ${name} cannot be closed with balanced books`, async () => {
    const node = await startTestNode()
    const probe = node.probe()
    probe.ref.tell('handled')
    probe.ref.tell('waiting')
    await probe.expectMessage('handled')
    plant(node, probe.ref.path)
    await expect(node[Symbol.asyncDispose]()).rejects.toMatchObject({ code: 'books-unbalanced' })
  })
}

test('work without an end is found, not waited for', async () => {
  const echo = defineActor('echo', { on: { ping: (self) => self.ref.tell('ping') } })
  const clock = new ManualClock({ stepsMax: 1_000 })
  const node = new Node({}, { clock, random: seededRandom(1) })
  ;(await node.spawn(echo)).tell('ping')
  await expect(clock.settle()).rejects.toMatchObject({ code: 'clock-busy' })
})
