// Properties of the fault, for all thrown values.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Fault } from '../../runtime/fault.ts'

const traps = ['get', 'has', 'getPrototypeOf', 'ownKeys', 'getOwnPropertyDescriptor'] as const

/** An object each look at which throws. Made within the property: fast-check looks at what it hands over. */
function hostile(trap: (typeof traps)[number], thrown: unknown): object {
  const handler = {
    [trap]: () => {
      throw thrown
    },
  }
  return new Proxy({}, handler)
}

const looksLikeError = fc.record({ name: fc.anything(), message: fc.anything(), stack: fc.anything() })
const values = fc.oneof(
  fc.anything({ withBigInt: true, withNullPrototype: true }),
  looksLikeError,
  fc.string().map((message) => new Error(message)),
)
const makers = fc.oneof(
  values.map((value) => () => value),
  fc.tuple(fc.constantFrom(...traps), values).map(
    ([trap, thrown]) =>
      () =>
        hostile(trap, thrown),
  ),
)

test('every thrown value becomes a fault with that code and cause, and a record that rebuilds it', () => {
  fc.assert(
    fc.property(makers, (make) => {
      const value = make()
      const fault = Fault.wrap(value, 'handler-failed', 'Cannot handle "x"')
      expect(fault.code).toBe('handler-failed')
      expect(Object.is(fault.cause, value)).toBe(true)
      expect(fault.message.startsWith('Cannot handle "x": it threw ')).toBe(true)
      const record = structuredClone(fault.toJSON())
      expect(Fault.from(record).toJSON()).toEqual(record)
    }),
    { numRuns: 2_000 },
  )
})

test('every value in details becomes data that JSON, structured clone and a second fault leave as it is', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), makers), (make) => {
      const details = Object.fromEntries(Object.entries(make).map(([key, value]) => [key, value()]))
      const { details: kept = {} } = new Fault('a-b', 'm', { hint: 'h', details })
      expect(structuredClone(kept)).toEqual(kept)
      expect(new Fault('a-b', 'm', { hint: 'h', details: kept }).details).toEqual(kept)
      expect(() => JSON.stringify(kept)).not.toThrow()
    }),
    { numRuns: 2_000 },
  )
})
