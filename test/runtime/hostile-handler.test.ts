// Tests of hostile handlers: whatever they throw or return, the ask ends, the books balance and the actor goes on.
import { describe, expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import type { Fault, Ref } from 'troupe'

const trap = (): never => {
  throw new Error('trapped')
}
/** Throws whatever one does with it. */
const mine: object = new Proxy({}, new Proxy({}, { get: () => trap }))
const never = (): void => undefined

const thrown: readonly (readonly [name: string, value: unknown, said: string])[] = [
  ['null', null, 'it threw null'],
  ['undefined', undefined, 'it threw undefined'],
  ['a string', 'oh no', 'it threw string: oh no'],
  ['a number', 42, 'it threw number: 42'],
  ['a symbol', Symbol('s'), 'it threw symbol: Symbol(s)'],
  ['a function', () => 1, 'it threw function'],
  ['a plain object', { code: 'ask-expired', message: 'not a fault' }, 'it threw object: not a fault'],
  ['an error without a message', new RangeError(), 'it threw RangeError'],
  ['a proxy that throws', mine, 'it threw object: it cannot be read'],
  [
    'an error whose message throws',
    Object.defineProperty(new Error(), 'message', { get: trap }),
    'it threw object: it cannot be read',
  ],
  ['a frozen error', Object.freeze(new TypeError('cold')), 'it threw TypeError: cold'],
]

/** Values that claim to be promises; `ends` is how the ask ends, undefined if it must expire. */
const thenables: readonly (readonly [name: string, value: () => unknown, ends: string | undefined])[] = [
  ['a thenable that resolves', () => ({ then: (done: (value: number) => void) => done(1) }), 'reply 1'],
  [
    'a thenable that resolves many times',
    () => ({ then: (done: (value: number) => void) => [1, 2, 3].forEach(done) }),
    'reply 1',
  ],
  [
    'a thenable that resolves and then throws',
    () => ({
      then(done: (value: number) => void) {
        done(1)
        trap()
      },
    }),
    'reply 1',
  ],
  [
    'a thenable that rejects and then resolves',
    () => ({
      then(done: (value: number) => void, fail: (error: unknown) => void) {
        fail(null)
        done(1)
      },
    }),
    'handler-failed',
  ],
  ['a thenable that throws', () => ({ then: trap }), 'handler-failed'],
  [
    'a then that throws when it is read',
    () => Object.defineProperty({}, 'then', { get: trap }),
    'handler-failed',
  ],
  ['a thenable that never calls back', () => ({ then: never }), undefined],
  ['a function with a then', () => Object.assign(() => 1, { then: never }), undefined],
  [
    'thenables in each other',
    () => ({
      then: (done: (value: unknown) => void) => done({ then: (again: (value: number) => void) => again(1) }),
    }),
    'reply 1',
  ],
  [
    'a then that can be read only twice',
    () => {
      let reads = 0
      return Object.defineProperty({}, 'then', {
        get: () => (reads++ < 2 ? (done: (value: number) => void) => done(1) : trap()),
      })
    },
    'reply 1',
  ],
  ['a proxy that throws', () => mine, 'handler-failed'],
  ['a revoked proxy', revokedProxy, 'handler-failed'],
  [
    'a promise whose then is another',
    () => Object.assign(Promise.resolve(1), { then: trap }),
    'handler-failed',
  ],
  ['a promise of another class', () => new (class extends Promise<unknown> {})((done) => done(1)), 'reply 1'],
  ['an object with a then that is no function', () => ({ then: 1 }), 'reply [object Object]'],
  ['an object without a prototype', () => Object.create(null) as unknown, 'reply [no text]'],
]

function revokedProxy(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

const hostile = defineActor('hostile', {
  on: {
    throwNow(_self, index: number) {
      throw thrown[index]?.[1]
    },
    async throwLater(_self, index: number) {
      await Promise.resolve()
      throw thrown[index]?.[1]
    },
    reject: (_self, index: number) => Promise.reject(thrown[index]?.[1] as Error),
    giveBack: (_self, index: number) => thenables[index]?.[1](),
    async giveBackLater(_self, index: number) {
      await Promise.resolve()
      return thenables[index]?.[1]()
    },
    ping: () => 'pong',
  },
})

const endOf = (ask: Promise<unknown>): Promise<string> =>
  ask.then(
    (reply) => `reply ${text(reply)}`,
    (fault: Fault) => fault.code,
  )

function text(value: unknown): string {
  try {
    return String(value)
  } catch {
    return '[no text]'
  }
}

describe.each(thrown.map(([name, , said], index) => ({ name, said, index })))('$name', ({ said, index }) => {
  for (const way of ['throwNow', 'throwLater', 'reject'] as const) {
    test(`as what ${way} comes to is a bug that the asker hears of and the actor survives`, async () => {
      await using node = await startTestNode()
      const ref = await node.spawn(hostile)
      const asked = ref.ask(way, index)
      await expect(asked).rejects.toMatchObject({ code: 'handler-failed' })
      await expect(asked).rejects.toThrow(said)
      expect(await ref.ask('ping')).toBe('pong')
      expect(node.runtime.host.totals.restarts).toBe(1)
      expect(node.audit()).toMatchObject({ handled: 1, dead: 1, isBalanced: true })
    })
  }
})

describe.each(thenables.map(([name, , ends], index) => ({ name, ends, index })))(
  '$name',
  ({ ends, index }) => {
    for (const way of ['giveBack', 'giveBackLater'] as const) {
      test(`from ${way} ends the ask once, and the actor goes on`, async () => {
        await using node = await startTestNode({ strict: false })
        const ref = await node.spawn(hostile, { restart: 'permanent' })
        const asked = endOf(ref.ask(way, index))
        await node.advance(5_000)
        expect(await asked).toBe(ends ?? 'ask-expired')
        const { opened, replied, faulted, expired, late } = node.runtime.host.asks
        expect([opened, replied + faulted + expired, late]).toEqual([1, 1, 0])
        if (ends === undefined) ref.kill()
        await node.settle()
        expect(await ref.ask('ping')).toBe('pong')
        expect(node.audit().isBalanced).toBe(true)
      })
    }
  },
)

test('a strict node refuses a reply that could not travel, and names the place', async () => {
  await using node = await startTestNode()
  const careless = defineActor('careless', { on: { give: () => ({ list: [1, { run: never }] }) } })
  const ref: Ref = await node.spawn(careless, 'c')
  await expect(ref.ask('give')).rejects.toMatchObject({
    code: 'payload-unencodable',
    message: 'Cannot answer "give" from "c": $.list[1].run is a function',
  })
  expect(node.audit()).toMatchObject({ handled: 1, dead: 0 })
})
