// Tests of the encoder: what it admits as it is, what it refuses and in which words, what it takes away, and when it begins anew.
import { describe, expect, test } from 'vitest'
import { Fault } from '../../../runtime/fault.ts'
import { LocalRef } from '../../../runtime/ref.ts'
import { payloadDepthMax, payloadNodesMax } from '../../../runtime/payload.ts'
import { Encoder, resetFlag, shapesMax, shortStatesMax } from '../../../transports/codec/encoder.ts'
import { attempt, Lane } from './round-trip.ts'

const encoder = new Encoder()

function faultOf(act: () => unknown): Fault {
  try {
    act()
  } catch (fault) {
    if (Fault.is(fault)) return fault
    throw fault
  }
  return expect.fail('nothing was thrown')
}

function admit(payload: unknown, transfer?: readonly ArrayBuffer[]): unknown {
  return encoder.admit(payload, attempt, transfer)
}

function nested(levels: number, bottom: unknown = 1): unknown {
  let value = bottom
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { value }
  return value
}

function trapped(): object {
  const trap = (): never => expect.fail('a trap was run')
  return new Proxy(
    {},
    { get: trap, getPrototypeOf: trap, ownKeys: trap, has: trap, getOwnPropertyDescriptor: trap },
  )
}

const record: object = Object.assign(Object.create(null), { a: 1 })

describe('what is plain', () => {
  const payloads: unknown[] = [
    undefined,
    null,
    true,
    0,
    1.5,
    Number.NaN,
    'text',
    7n,
    2n ** 62n,
    {},
    [],
    record,
    nested(payloadDepthMax),
    { a: undefined },
    [undefined],
    { user: 'ada', list: [{ amount: 3 }, 'é', null] },
  ]
  test.each(payloads.map((payload, index) => [index, payload]))(
    'is admitted as the same value: %#',
    (_, payload) => {
      expect(admit(payload)).toBe(payload)
    },
  )

  test('never takes more than it was counted for', () => {
    for (const payload of ['é🙂\u0800'.repeat(20), [1.5, 2n, true, null], { 'a key': { b: ['c'] } }]) {
      expect(admit(payload)).toBe(payload)
      expect(new Encoder({ isStateless: true }).encode([payload], 1).bytes.length).toBeLessThanOrEqual(
        encoder.admittedBytes + 6,
      )
    }
  })
})

describe('what is refused, by its place', () => {
  class Account {
    balance = 1
  }
  const cycle: Record<string, unknown> = {}
  cycle['self'] = [cycle]
  const detached = new ArrayBuffer(8)
  structuredClone(detached, { transfer: [detached] })
  const getter = {
    get secret(): never {
      throw new Error('never shown')
    },
  }
  const huge = Array.from({ length: payloadNodesMax + 1 }, () => 0)
  const cases: [payload: unknown, flaw: string][] = [
    [trapped(), '$ is a proxy'],
    [{ list: [trapped()] }, '$.list[0] is a proxy'],
    [{ getter }, '$.getter.secret is an accessor property'],
    [cycle, '$.self[0] is a cycle: it is $ again'],
    [nested(payloadDepthMax + 1), `is nested deeper than ${payloadDepthMax} levels`],
    [nested(10_000), `is nested deeper than ${payloadDepthMax} levels`],
    [new Map([[1, nested(10_000)]]), `is nested deeper than ${payloadDepthMax} levels`],
    [huge, `$ is too big: a payload has at most ${payloadNodesMax} values`],
    [{ who: new Account() }, '$.who is an instance of Account'],
    [{ act: () => 1 }, '$.act is a function'],
    [[Symbol('x')], '$[0] is a symbol'],
    [/x/, '$ is an instance of RegExp'],
    [new Error('x'), '$ is an instance of Error'],
    [Promise.resolve(), '$ is a promise'],
    [new WeakMap(), '$ is an instance of WeakMap'],
    [new SharedArrayBuffer(8), '$ is an instance of SharedArrayBuffer'],
    [new Uint8Array(new SharedArrayBuffer(8)), '$ is a view of shared memory'],
    [{ [Symbol('tag')]: 1, of: new Set() }, '$[Symbol(tag)] is a property named by a symbol'],
    [JSON.parse('{"a": {"__proto__": 1}}'), '$.a.__proto__ is a name that payloads may not use'],
    [{ constructor: 1 }, '$.constructor is a name that payloads may not use'],
    [{ prototype: 1 }, '$.prototype is a name that payloads may not use'],
    [['\uD800'], '$[0] is a string with half a character in it (a lone surrogate)'],
    [{ '\uDC00': 1 }, 'is a name with half a character in it (a lone surrogate)'],
    [[, 1], '$[1] is preceded by a hole in the list'],
    [Object.assign([1], { length: 2 }), '$ is a list with a hole at its end'],
    [{ list: [{ 'odd key': detached }] }, '$.list[0]["odd key"] is bytes that have been moved away'],
    [
      [Object.defineProperty(new Uint8Array(1), 'byteLength', { value: 1e9 })],
      '$[0] is bytes that say of themselves what they are not',
    ],
    [Object.create(LocalRef.prototype), '$ is a ref without a path'],
  ]
  test.each(cases.map(([payload, flaw]) => ({ payload, flaw })))('$flaw', ({ payload, flaw }) => {
    const fault = faultOf(() => admit(payload))
    expect(fault.code).toBe('payload-unencodable')
    expect(fault.message).toContain('Cannot tell "bank/ada" "deposit": $')
    expect(fault.message.endsWith(flaw)).toBe(true)
  })

  test('a getter is run and its value taken, unless the payload takes the slow road', () => {
    const payload = {
      get at() {
        return 1
      },
    }
    expect(admit(payload)).toBe(payload)
    expect(faultOf(() => admit([payload, new Date()])).message).toContain('$[0].at is an accessor property')
  })

  test('a thousand ways to the same lists are refused before they are walked', () => {
    let value: unknown = 1
    for (let level = 0; level < 60; level++) value = [value, value]
    expect(faultOf(() => admit(value)).message).toContain('is too big')
  })
})

describe('what is too large', () => {
  test('is a text, before it is encoded', () => {
    const text = 'x'.repeat(70_000_000)
    expect(faultOf(() => admit({ text })).code).toBe('payload-too-large')
    expect(faultOf(() => admit(Array.from({ length: 1_000 }, () => 'é'.repeat(50_000)))).message).toBe(
      'Cannot tell "bank/ada" "deposit": it takes more than 67108864 bytes beside its attachments',
    )
  })

  test('is a buffer of 500 MB, before it is copied', () => {
    const fault = faultOf(() => admit({ image: new ArrayBuffer(500_000_000) }))
    expect(fault.message).toContain('its attachments take more than 268435456 bytes')
  })

  test('is a bigint of a hundred megabytes, before it is written out', () => {
    expect(faultOf(() => admit(1n << 800_000_000n)).code).toBe('payload-too-large')
  })

  test('does not take moved buffers away', () => {
    const buffer = new ArrayBuffer(300_000_000)
    expect(faultOf(() => admit([buffer], [buffer])).code).toBe('payload-too-large')
    expect(buffer.detached).toBe(false)
  })
})

describe('transfer', () => {
  test('takes the buffer away when the payload is admitted, and carries the very memory', () => {
    const buffer = new ArrayBuffer(4)
    const admitted = admit({ buffer }, [buffer])
    expect(buffer.detached).toBe(true)
    const { attachments } = encoder.encode([admitted], 1)
    expect(attachments.map(({ byteLength }) => byteLength)).toEqual([4])
  })

  const detached = new ArrayBuffer(1)
  structuredClone(detached, { transfer: [detached] })
  const own = new ArrayBuffer(1)
  const pool = Buffer.from('pooled').buffer
  test.each([
    ['that the payload has not', {}, [new ArrayBuffer(1)]],
    ['twice', own, [own, own]],
    ['that is detached already', detached, [detached]],
    ['what is no ArrayBuffer', {}, [new Uint8Array(1) as unknown as ArrayBuffer]],
    ['that cannot be moved', { pool, own }, [own, pool]],
  ])('refuses a buffer %s, and takes none', (what, payload, transfer) => {
    const fault = faultOf(() => admit(payload, transfer as ArrayBuffer[]))
    expect([fault.code, fault.message]).toEqual(['transfer-invalid', expect.stringContaining(what)])
    expect(own.detached).toBe(false)
  })

  test('takes none when the payload is refused', () => {
    const buffer = new ArrayBuffer(1)
    expect(faultOf(() => admit({ buffer, act: () => 1 }, [buffer])).code).toBe('payload-unencodable')
    expect(buffer.detached).toBe(false)
  })
})

describe('the state of a lane', () => {
  const flagsOf = (lane: Encoder, ...row: unknown[]): number => lane.encode(row, row.length).bytes[0]!

  test('begins anew, and says so once, after a frame that could not be encoded', () => {
    const { encoder: sender, decoder } = new Lane()
    const send = (...row: unknown[]): unknown => decoder.decode(sender.encode(row, row.length).bytes, [])
    expect(send({ a: 1 })).toEqual([{ a: 1 }])
    const changed: Record<string, unknown> = { a: 1 }
    changed['self'] = changed
    const fault = faultOf(() => sender.encode([{ b: 1 }, changed], 2))
    expect([fault.code, fault.details]).toEqual(['payload-unencodable', { index: 1 }])
    expect(flagsOf(new Encoder(), { a: 2 })).toBe(0)
    const { bytes } = sender.encode([{ b: 1 }], 1)
    expect(bytes[0]).toBe(resetFlag)
    expect(decoder.decode(bytes, [])).toEqual([{ b: 1 }])
    expect(flagsOf(sender, { b: 1 })).toBe(0)
  })

  test('begins anew before msgpackr runs out of shapes', () => {
    const sender = new Encoder()
    const flags = Array.from({ length: shapesMax + 2 }, (_, index) => flagsOf(sender, { [`k${index}`]: 1 }))
    expect(flags.indexOf(resetFlag)).toBe(shapesMax + 1)
  })

  test('has no more shapes when it fills up again and again before its time', () => {
    const sender = new Encoder()
    const flags = Array.from({ length: 10_000 }, (_, index) => flagsOf(sender, { [`k${index}`]: 1 }))
    expect(flags.filter((flag) => flag === resetFlag)).toHaveLength(shortStatesMax)
  })

  test('keeps shapes when it fills up slowly', () => {
    const { encoder: sender, decoder } = new Lane()
    let resets = 0
    for (let frame = 0; frame < 10_000; frame++) {
      const payload = { [`k${Math.floor(frame / 10)}`]: 1 }
      const { bytes } = sender.encode([payload], 1)
      resets += bytes[0]!
      expect(decoder.decode(bytes, [])).toEqual([payload])
    }
    expect(resets).toBeGreaterThan(shortStatesMax * 2)
  })

  test('encodes the first of a longer list', () => {
    const { encoder: sender, decoder } = new Lane()
    expect(decoder.decode(sender.encode([1, 2, 3], 2).bytes, [])).toEqual([1, 2])
  })

  test('keeps a frame until the next, whatever other lanes encode meanwhile', () => {
    const { encoder: sender, decoder } = new Lane()
    const { bytes } = sender.encode([{ text: 'mine' }], 1)
    for (let frame = 0; frame < 100; frame++) new Encoder().encode(['x'.repeat(1_000)], 1)
    expect(decoder.decode(bytes, [])).toEqual([{ text: 'mine' }])
  })

  test('is not needed by a stateless encoder, whose frames are alike', () => {
    const sender = new Encoder({ isStateless: true })
    const frame = (): string => Buffer.from(sender.encode([{ a: 1 }], 1).bytes).toString('hex')
    expect([frame(), frame()]).toEqual(['009181a16101', '009181a16101'])
  })
})

test('a refused message is named by its receiver when no text of the attempt was given', () => {
  const message = { to: { path: 'bank/ada' }, name: 'deposit' }
  expect(faultOf(() => encoder.admit(() => 1, message)).message).toBe(
    'Cannot send "deposit" to "bank/ada": $ is a function',
  )
})

test('a fault that cannot be read is refused, its getters are not shown', () => {
  const fault = new Fault('a-b', 'm', { hint: 'h' })
  Object.defineProperty(fault, 'code', { get: () => expect.fail('shown') })
  expect(faultOf(() => admit([fault])).message).toContain('$[0] is a Fault that cannot be read')
})
