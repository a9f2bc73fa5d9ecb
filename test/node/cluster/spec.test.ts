// Tests of specs: what starts a root again is kept whole, and too much of it is refused before anybody is asked.
import { expect, test } from 'vitest'
import { orderFrom, specOf } from '../../../node/cluster/spec.ts'
import { specBytesMax } from '../../../actors/cluster/state/home.ts'

const order = {
  path: 'bank',
  definition: 'bank',
  version: 3,
  args: [1, { deep: new Map([['a', 1n]]) }],
  options: {},
}

test('an order that was kept as a spec is the same again, under its new epoch', () => {
  const spec = specOf(order)
  expect(orderFrom({ top: 'bank', spec }, 9, () => undefined)).toEqual({ ...order, epoch: 9 })
})

test('the bytes of a spec are its own: the next spec does not change them', () => {
  const spec = specOf(order)
  const before = spec.slice()
  specOf({ ...order, path: 'other', args: ['x'.repeat(100)] })
  expect(spec).toEqual(before)
})

test('arguments that take more than is kept for a name are refused with both sizes', () => {
  const fits = specOf({ ...order, args: ['x'.repeat(specBytesMax - 200)] })
  expect(fits.byteLength).toBeLessThanOrEqual(specBytesMax)
  const args = ['x'.repeat(specBytesMax)]
  expect(() => specOf({ ...order, args })).toThrow(
    expect.objectContaining({
      code: 'payload-too-large',
      message: expect.stringContaining(`${specBytesMax}`),
    }) as Error,
  )
})

test('arguments that are no data are refused', () => {
  expect(() => specOf({ ...order, args: [() => 1] })).toThrow(
    expect.objectContaining({ code: 'payload-unencodable' }) as Error,
  )
})

test('bytes that are no spec are refused, whoever has written them', () => {
  expect(() => orderFrom({ top: 'bank', spec: Uint8Array.of(255, 255, 255) }, 1, () => undefined)).toThrow(
    expect.objectContaining({ code: 'frame-malformed' }) as Error,
  )
})
