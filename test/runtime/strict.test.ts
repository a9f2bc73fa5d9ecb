// Tests of strict mode: what could not travel is refused where it is sent, and what travels cannot be changed on the way.
import { describe, expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import type { Fault, Ref } from 'troupe'

const keeper = defineActor('keeper', {
  state: () => ({ kept: undefined as unknown }),
  on: {
    keep: (self, payload: unknown) => void (self.state.kept = payload),
    kept: (self) => self.state.kept,
    change(_self, payload: { list: number[] }) {
      payload.list.push(9)
    },
    sendOn(_self, { to, times }: { to: Ref; times: number }) {
      to.tell('keep', { inner: [times, () => 1] })
    },
  },
})

class Money {
  readonly amount = 5
}
const cyclic: { self?: unknown } = {}
cyclic.self = { again: cyclic }

const flaws: readonly (readonly [payload: unknown, said: string])[] = [
  [() => 1, '$ is a function'],
  [{ a: [1, { b: () => 1 }] }, '$.a[1].b is a function'],
  [{ money: new Money() }, '$.money is an instance of Money'],
  [new Map([['k', Symbol('s')]]), '$.values()[0] is a symbol'],
  [cyclic, '$.self.again is a cycle: it is $ again'],
  [{ later: Promise.resolve() }, '$.later is a promise'],
]

describe.each(flaws)('the payload %o', (payload, said) => {
  test('is refused by tell, ask and offer, naming the place, and nothing is sent', async () => {
    await using node = await startTestNode()
    const ref: Ref = await node.spawn(keeper, 'k')
    const code = 'payload-unencodable'
    expect(() => ref.tell('keep', payload)).toThrow(
      expect.objectContaining({ code, message: `Cannot tell "k" "keep": ${said}` }),
    )
    await expect(ref.ask('keep', payload)).rejects.toMatchObject({
      code,
      message: `Cannot ask "k" for "keep": ${said}`,
    })
    await expect(ref.offer('keep', payload)).rejects.toMatchObject({
      code,
      message: `Cannot offer "k" "keep": ${said}`,
    })
    expect(node.audit()).toMatchObject({ accepted: 0, refused: 0 })
    expect(node.runtime.host.asks.opened).toBe(0)
  })

  test('passes where strict is off, which is a node’s default', async () => {
    await using node = await startTestNode({ strict: false })
    const ref: Ref = await node.spawn(keeper)
    ref.tell('keep', payload)
    const seen = node.runtime.cellAt(ref.path)
    await node.settle()
    expect((seen?.state as { kept: unknown }).kept).toBe(payload)
  })
})

test('an actor that sends what could not travel fails where it sends it', async () => {
  await using node = await startTestNode()
  const [sender, receiver] = await Promise.all([node.spawn(keeper, 'sender'), node.spawn(keeper, 'receiver')])
  await expect(sender.ask('sendOn', { to: receiver, times: 3 })).rejects.toMatchObject({
    code: 'payload-unencodable',
    message: 'Cannot tell "receiver" "keep": $.inner[1] is a function',
  })
  expect(node.runtime.host.totals.restarts).toBe(0)
})

test('a payload is frozen to the bottom, for its receiver and for its sender', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(keeper)
  const payload = { list: [1, 2], deep: { map: new Map([['k', { n: 1 }]]) } }
  const change = await ref.ask('change', payload).catch((fault: Fault) => fault)
  expect((change as Fault).message).toContain('TypeError')
  expect(() => payload.list.push(3)).toThrow(TypeError)
  expect(() => Object.assign(payload.deep.map.get('k')!, { n: 2 })).toThrow(TypeError)
  expect(payload.list).toEqual([1, 2])
})

test('a payload stays as it is where strict is off', async () => {
  await using node = await startTestNode({ strict: false })
  const payload = { list: [1] }
  await (await node.spawn(keeper)).ask('change', payload)
  expect(payload.list).toEqual([1, 9])
})

test('refs, faults, maps, sets, dates and bytes travel', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(keeper)
  const payload = {
    ref,
    when: new Date(5),
    bytes: new Uint8Array([1, 2]),
    set: new Set([1n]),
    map: new Map([[ref, 'me']]),
    nothing: [undefined, null, Number.NaN, -0],
  }
  await ref.ask('keep', payload)
  expect(await ref.ask('kept')).toBe(payload)
})

test('a refused message costs its sender no order: those around it arrive', async () => {
  await using node = await startTestNode()
  const probe = node.probe()
  probe.ref.tell('first')
  expect(() => probe.ref.tell('second', () => 1)).toThrow('is a function')
  probe.ref.tell('third')
  await probe.expectMessage('first')
  await probe.expectMessage('third')
})
