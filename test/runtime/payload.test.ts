// Tests of the payload: what strict mode refuses, where it says the flaw is, and what it freezes.
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { Fault } from '../../runtime/fault.ts'
import { freezeDeep, payloadDepthMax, payloadFlaw, payloadNodesMax } from '../../runtime/payload.ts'

class Ref {
  readonly path = 'bank/ada'
}
class Account {
  balance = 1
}
const isRef = (value: unknown): boolean => value instanceof Ref

function flawOf(value: unknown): string | undefined {
  const flaw = payloadFlaw(value, isRef)
  return flaw && `${flaw.path} is ${flaw.what}`
}

function nested(levels: number): unknown {
  let value: unknown = 1
  for (let i = 0; i < levels; i++) value = [value]
  return value
}

function trapped(trap: keyof ProxyHandler<object>): object {
  const handler = {
    [trap]: () => {
      throw new Error('trap')
    },
  }
  return new Proxy({ a: 1 }, handler)
}

describe('what survives the codec', () => {
  const shared = { a: 1 }
  const values: unknown[] = [
    undefined,
    null,
    true,
    0,
    -0,
    1.5,
    Number.NaN,
    Infinity,
    '',
    'text 🙂',
    7n,
    1n << 100n,
    {},
    { a: { b: [1, 'c', undefined] } },
    Object.create(null),
    { 'a key': 1, '': 2, 3: 4 },
    [],
    [undefined],
    [[[]]],
    new Date(0),
    new Date(Number.NaN),
    new Map([[{ k: 1 }, new Set(['m'])]]),
    new Set([[1]]),
    new ArrayBuffer(8),
    new Uint8Array(2),
    new Float64Array(1),
    new BigInt64Array(1),
    new Float16Array(1),
    new DataView(new ArrayBuffer(1)),
    Buffer.from('bytes'),
    new Fault('a-b', 'm', { hint: 'h', cause: () => 1 }),
    new Ref(),
    { to: new Ref(), list: [new Ref()] },
    { twice: shared, again: [shared, shared] },
    nested(payloadDepthMax),
    Object.freeze({ a: Object.freeze([1]) }),
    Array.from({ length: 100_000 }, (_, index) => index),
  ]
  for (const value of values) {
    test(inspect(value, { depth: 1, breakLength: Infinity, maxArrayLength: 3 }).slice(0, 60), () =>
      expect(flawOf(value)).toBeUndefined(),
    )
  }
})

describe('what does not, and where', () => {
  class List extends Array<number> {}
  class Index extends Map<string, number> {}
  class Bytes extends Uint8Array {}
  const dated = Object.assign(new Date(0), { zone: 'UTC' })
  const cycle: Record<string, unknown> = { list: [] }
  cycle['list'] = [1, { back: cycle['list'], top: cycle }]
  const selfMap = new Map<string, unknown>()
  selfMap.set('me', selfMap)
  const cases: [value: unknown, flaw: string][] = [
    [() => 1, '$ is a function'],
    [Account, '$ is a function'],
    [{ items: [1, 2, 3, { name: () => 1 }] }, '$.items[3].name is a function'],
    [[Symbol('x')], '$[0] is a symbol'],
    [{ reply: Promise.resolve() }, '$.reply is a promise'],
    [{ lazy: { then: () => 1 } }, '$.lazy.then is a function'],
    [{ who: new Account() }, '$.who is an instance of Account'],
    [new Error('x'), '$ is an instance of Error'],
    [[/x/], '$[0] is an instance of RegExp'],
    [new WeakMap(), '$ is an instance of WeakMap'],
    [new URL('http://a.b'), '$ is an instance of URL'],
    [Object('boxed'), '$ is an instance of String'],
    [Object.create({ inherited: 1 }), '$ is an object with a prototype of its own'],
    [Object.create(Object.create(null)), '$ is an object with a prototype of its own'],
    [new List(1, 2), '$ is an instance of List'],
    [new Index(), '$ is an instance of Index'],
    [new Bytes(2), '$ is an instance of Bytes'],
    [Object.create(Date.prototype), '$ is an instance of Date'],
    [Object.create(Map.prototype), '$ is an instance of Map'],
    [new SharedArrayBuffer(8), '$ is an instance of SharedArrayBuffer'],
    [new Uint8Array(new SharedArrayBuffer(8)), '$ is a view of shared memory'],
    [dated, '$ is a Date with properties of its own'],
    [Object.create(Fault.prototype), '$ is an instance of Fault'],
    [
      {
        get total() {
          return expect.fail('called')
        },
      },
      '$.total is an accessor property',
    ],
    [
      {
        set total(_: number) {
          expect.fail('called')
        },
      },
      '$.total is an accessor property',
    ],
    [
      Object.defineProperty([1], 0, { get: () => expect.fail('called'), enumerable: true }),
      '$[0] is an accessor property',
    ],
    [Object.defineProperty({}, 'hidden', { value: 1 }), '$.hidden is a property that is not enumerable'],
    [{ [Symbol('tag')]: 1 }, '$[Symbol(tag)] is a property named by a symbol'],
    [JSON.parse('{"a": {"__proto__": 1}}'), '$.a.__proto__ is a name that payloads may not use'],
    [{ constructor: 1 }, '$.constructor is a name that payloads may not use'],
    [{ prototype: 1 }, '$.prototype is a name that payloads may not use'],
    [cycle, '$.list[1].top is a cycle: it is $ again'],
    [{ a: { b: selfMap } }, '$.a.b.values()[0] is a cycle: it is $.a.b again'],
    [nested(payloadDepthMax + 1), `$${'[0]'.repeat(payloadDepthMax)} is nested deeper than 64 levels`],
    [[1, , 3], '$[2] is preceded by a hole in the list'],
    [Array(3), '$ is a list with a hole at its end'],
    [Object.assign([1], { total: 1 }), '$[total] is a property of a list'],
    [new Map([[{ f: () => 1 }, 1]]), '$.keys()[0].f is a function'],
    [
      new Map<number, unknown>([
        [1, 1],
        [2, () => 1],
      ]),
      '$.values()[1] is a function',
    ],
    [{ tags: new Set([1, Symbol('x')]) }, '$.tags.values()[1] is a symbol'],
    ['half \ud83d', '$ is a string with half a character in it (a lone surrogate)'],
    [{ '\udc00': 1 }, String.raw`$["\u{dc00}"] is a name with half a character in it (a lone surrogate)`],
    [{ 'two words': { '<b>\n': () => 1 } }, String.raw`$["two words"]["<b>\n"] is a function`],
  ]
  for (const [value, flaw] of cases) test(flaw.slice(0, 90), () => expect(flawOf(value)).toBe(flaw))

  test('of two flaws the first on the way is named', () => {
    expect(flawOf({ a: [1, { b: () => 1 }], c: Symbol('x') })).toBe('$.a[1].b is a function')
  })

  test('a class that hides or forges its name gets none that could harm', () => {
    class Sneaky {}
    Object.defineProperty(Sneaky, 'name', { value: `\u001b[2J${'x'.repeat(1_000)}` })
    expect(flawOf(new Sneaky())).toMatch(/^\$ is an instance of \\u\{001b\}\[2Jx{40,60}…$/)
    Object.defineProperty(Sneaky, 'name', { get: () => expect.fail('called') })
    expect(flawOf(new Sneaky())).toBe('$ is an object with a prototype of its own')
  })
})

describe('hostile payloads', () => {
  const traps = [
    'get',
    'has',
    'ownKeys',
    'getPrototypeOf',
    'getOwnPropertyDescriptor',
    'isExtensible',
    'preventExtensions',
  ] as const
  for (const trap of traps) {
    test(`a proxy whose ${trap} throws is a flaw, never an exception`, () => {
      const value = { list: [trapped(trap)] }
      expect(payloadFlaw(value, () => false)).toEqual({ path: '$.list[0]', what: 'a proxy' })
      expect(payloadFlaw(value, isRef)?.path).toBe('$.list[0]')
      expect(() => freezeDeep(value, isRef)).not.toThrow()
    })
  }

  test('a revoked proxy and a proxy of a function are flaws', () => {
    const { proxy, revoke } = Proxy.revocable([], {})
    revoke()
    expect(payloadFlaw(proxy, () => false)?.what).toBe('a proxy')
    expect(payloadFlaw(new Proxy(() => 1, {}), () => false)?.what).toBe('a function')
    expect(payloadFlaw(new (class extends Account {})(), () => false)?.what).toMatch(/^an/)
  })

  test('a prototype that is a hostile proxy is not asked', () => {
    expect(payloadFlaw(Object.create(trapped('getOwnPropertyDescriptor')), () => false)?.what).toMatch(
      'prototype of its own',
    )
  })

  test('a predicate that throws is a flaw', () => {
    const value = { a: {} }
    const throwing = (one: unknown): boolean => {
      if (one !== value) throw new Error('bug')
      return false
    }
    expect(payloadFlaw(value, throwing)).toEqual({ path: '$.a', what: 'unreadable: looking at it threw' })
    expect(() => freezeDeep(value, throwing)).not.toThrow()
  })

  test('overridden methods are not called', () => {
    const map = new Map([[1, () => 1]])
    Object.setPrototypeOf(map, Map.prototype)
    const set = new Set([1])
    const fail = (): never => expect.fail('called')
    for (const one of [map, set]) Object.defineProperty(one, 'forEach', { value: fail })
    expect(flawOf([map])).toBe('$[0] is a Map with properties of its own')
    expect(flawOf([set])).toBe('$[0] is a Set with properties of its own')
  })

  test('more than a million values are too many, however they are packed', () => {
    const half = Array.from({ length: 600_000 }, () => 0)
    const bomb = Array.from({ length: 40 }).reduce((inner: unknown) => [inner, inner], 0)
    const recordBomb = Array.from({ length: 40 }).reduce((inner: unknown) => ({ a: inner, b: inner }), 0)
    const tooBig = `too big: a payload has at most ${payloadNodesMax} values`
    expect(payloadFlaw([half, half], isRef)).toEqual({ path: '$[1]', what: tooBig })
    expect(payloadFlaw(bomb, isRef)?.what).toBe(tooBig)
    expect(payloadFlaw(recordBomb, isRef)?.what).toBe(tooBig)
    expect(payloadFlaw(Array(4_000_000_000), isRef)).toEqual({ path: '$', what: tooBig })
    expect(payloadFlaw({ ...half, ...Array.from({ length: payloadNodesMax }, () => 0) }, isRef)?.what).toBe(
      tooBig,
    )
    expect(payloadFlaw([half], isRef)).toBeUndefined()
  })
})

describe('freezeDeep', () => {
  test('plain objects and lists are frozen to the bottom, also inside maps and sets', () => {
    const inMap = { a: 1 }
    const asKey = { k: 1 }
    const inSet = [1]
    const value = {
      list: [{ deep: {} }],
      map: new Map([[asKey, inMap]]),
      set: new Set([inSet]),
      bare: Object.create(null) as object,
    }
    expect(freezeDeep(value, isRef)).toBe(value)
    const frozen = [value, value.list, value.list[0], value.list[0]!.deep, inMap, asKey, inSet, value.bare]
    expect(frozen.map((one) => Object.isFrozen(one))).toEqual(frozen.map(() => true))
    expect(() => value.list.push({ deep: {} })).toThrow(TypeError)
  })

  test('refs, faults, dates, bytes, maps, sets and foreign objects are left as they are', () => {
    const left = [
      new Ref(),
      new Fault('a-b', 'm', { hint: 'h' }),
      new Date(),
      new Uint8Array(1),
      new Map(),
      new Set(),
      new Account(),
    ]
    freezeDeep(left, isRef)
    expect(left.map((one) => Object.isFrozen(one))).toEqual(left.map(() => false))
  })

  test('what is frozen on the outside only is frozen inside too', () => {
    const inner = { a: 1 }
    freezeDeep(Object.freeze([inner]), isRef)
    expect(Object.isFrozen(inner)).toBe(true)
  })

  test('cycles, shared parts by the billion, and a depth of a million end', () => {
    const cycle: unknown[] = []
    cycle.push(cycle, { cycle })
    const bomb = Array.from({ length: 40 }).reduce((inner: unknown) => [inner, inner], [])
    let deep: unknown[] = []
    for (let i = 0; i < 1_000_000; i++) deep = [deep]
    for (const value of [cycle, bomb, deep]) expect(Object.isFrozen(freezeDeep(value, isRef))).toBe(true)
  })

  test('getters are not called', () => {
    expect(() =>
      freezeDeep(
        {
          get trap() {
            return expect.fail('called')
          },
        },
        isRef,
      ),
    ).not.toThrow()
  })

  test('what is not an object passes', () => {
    for (const value of [1, 'a', null, undefined, 7n]) expect(freezeDeep(value, isRef)).toBe(value)
  })
})
