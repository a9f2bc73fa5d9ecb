// Tests of what timers may be asked for: times, messages, payloads and numbers.
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'

const clockmaker = defineActor('clockmaker', {
  on: {
    after: (self, { ms, name = 'ring' }: { ms: number; name?: string }) => self.after(ms, name),
    every: (self, { ms, name = 'ring' }: { ms: number; name?: string }) => self.every(ms, name),
    ring() {},
  },
  behaviours: { night: { snore() {} } },
})

for (const [what, order] of [
  ['after', { ms: -1 }],
  ['after', { ms: Number.NaN }],
  ['after', { ms: Infinity }],
  ['after', { ms: 2 ** 31 }],
  ['every', { ms: 0 }],
  ['every', { ms: 0.5 }],
  ['every', { ms: 2 ** 31 }],
] as const) {
  test(`${what} ${order.ms} ms is refused`, async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(clockmaker)
    await expect(ref.ask(what, order)).rejects.toMatchObject({ code: 'timer-invalid' })
    expect(node.runtime.host.timers.count).toBe(0)
  })
}

test('a message of no behaviour is refused, one of another behaviour is not', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(clockmaker)
  await expect(ref.ask('after', { ms: 1, name: 'rnig' })).rejects.toMatchObject({
    code: 'message-unknown',
    hint: 'Use one of: after, every, ring, snore.',
  })
  expect(await ref.ask('after', { ms: 1, name: 'snore' })).toBeUndefined()
})

test('in strict mode a payload that could not move is refused', async () => {
  await using node = await startTestNode()
  const careless = defineActor('careless', {
    on: { start: (self) => self.every(10, 'start', { run: () => 1 }) },
  })
  await expect((await node.spawn(careless, 'c')).ask('start')).rejects.toMatchObject({
    code: 'payload-unencodable',
    message: 'Cannot start timer "start" of "c": $.run is a function',
  })
})

test('300,000 timers ring, each once and in time; one actor may have 100,000', async () => {
  await using node = await startTestNode({ strict: false })
  const many = defineActor('many', {
    state: () => ({ rung: 0, early: 0 }),
    on: {
      start(self, count: number) {
        for (let i = 0; i < count; i++)
          self.after(1 + (i % 50), 'ring', self.now() + 1 + (i % 50), { key: `k${i}` })
      },
      ring(self, dueMs: number) {
        self.state.rung++
        if (self.now() !== dueMs) self.state.early++
      },
      sums: (self) => [self.state.rung, self.state.early],
    },
  })
  const refs = await Promise.all([1, 2, 3].map(() => node.spawn(many)))
  for (const ref of refs) {
    ref.tell('start', 100_000)
    await node.settle()
  }
  await expect(refs[0]?.ask('start', 100_001)).rejects.toMatchObject({ code: 'timers-full' })
  expect(node.runtime.host.timers.count).toBe(300_000)
  await node.advance(50)
  expect(await Promise.all(refs.map((ref) => ref.ask('sums')))).toEqual(refs.map(() => [100_000, 0]))
  expect(node.runtime.host.timers.count).toBe(0)
})
