// DER: what the writer writes the reader reads, and no other bytes do it any harm.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { certificateBytesMax, DerReader } from '../../../../transports/libp2p/identity/der-reader.ts'
import {
  der,
  derBits,
  derInteger,
  derOid,
  derSequence,
  derTime,
  tag,
} from '../../../../transports/libp2p/identity/der-writer.ts'
import { Fault } from '../../../../runtime/fault.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))

/** The code of the fault that it throws; anything else that is thrown goes on. */
function codeOf(act: () => unknown): string | undefined {
  try {
    act()
  } catch (error) {
    if (Fault.is(error)) return error.code
    throw error
  }
  return undefined
}

test('a value of any length comes back, with the shortest length there is', () => {
  for (const length of [0, 1, 127, 128, 255, 256, 5_000, certificateBytesMax - 4]) {
    const whole = der(tag.octets, new Uint8Array(length).fill(7))
    const reader = new DerReader(whole)
    expect(reader.read(tag.octets).byteLength).toBe(length)
    reader.end()
    expect(whole.byteLength - length).toBe(length < 128 ? 2 : length < 256 ? 3 : 4)
  }
})

test('object identifiers and numbers have the bytes that the standard gives them', () => {
  expect(hex(derOid('1.2.840.113549'))).toBe('06062a864886f70d')
  expect(hex(derOid('2.16.840.1.101.3.4.3.18'))).toBe('0609608648016503040312')
  expect(hex(derInteger(Uint8Array.of(0)))).toBe('020100')
  expect(hex(derInteger(Uint8Array.of(0, 0, 5)))).toBe('020105')
  expect(hex(derInteger(Uint8Array.of(0x80)))).toBe('02020080')
})

test('a time is a UTC time until 2049 and a generalized one from then on', () => {
  for (const iso of [
    '1999-12-31T23:59:59.000Z',
    '2026-11-21T08:00:00.000Z',
    '2049-12-31T23:59:59.000Z',
    '2050-01-01T00:00:00.000Z',
  ]) {
    const written = derTime(Date.parse(iso))
    expect(written[0]).toBe(iso < '2050' ? tag.utcTime : tag.generalizedTime)
    expect(new DerReader(written).time()).toBe(Date.parse(iso))
  }
})

test.each([
  ['an empty text', ''],
  ['a tag without a length', '04'],
  ['a length beyond the end', '0405aabb'],
  ['an indefinite length', '0480aa0000'],
  ['a length that could be shorter', '048101aa'],
  ['a length of two bytes that could be one', '0482000101'],
  ['a length of three bytes', '0483000001aa'],
  ['a length of 127 bytes', `04ff${'00'.repeat(127)}`],
  ['another tag', '0301aa'],
])('%s is refused', (_, text) => {
  expect(codeOf(() => new DerReader(bytesOf(text)).read(tag.octets))).toBe('certificate-invalid')
})

test('numbers that are negative, empty or padded are refused', () => {
  for (const text of ['0200', '020180', '0202007f']) {
    expect(codeOf(() => new DerReader(bytesOf(text)).integer())).toBe('certificate-invalid')
  }
})

test('a day that does not exist is no time', () => {
  const time = (text: string): Uint8Array => der(tag.utcTime, new TextEncoder().encode(text))
  for (const text of [
    '260230000000Z',
    '261301000000Z',
    '260101240000Z',
    '2601010000Z',
    '260101000000+0100',
    '',
  ]) {
    expect(codeOf(() => new DerReader(time(text)).time())).toBe('certificate-invalid')
  }
})

test('what follows after the last value is refused', () => {
  const reader = new DerReader(bytesOf('040100ff'))
  reader.read(tag.octets)
  expect(codeOf(() => reader.end())).toBe('certificate-invalid')
})

test('more bytes than a certificate may have are not even looked at', () => {
  expect(codeOf(() => new DerReader(new Uint8Array(certificateBytesMax + 1)))).toBe('certificate-invalid')
})

test('a bit string that does not end with a whole byte is refused', () => {
  expect(codeOf(() => new DerReader(derBits(Uint8Array.of(8), 3)).bits())).toBe('certificate-invalid')
})

test('any bytes end in a value or in a fault, and what is read can be written again as it was', () => {
  const verbs = ['read', 'oid', 'bits', 'time', 'integer', 'ascii'] as const
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.constantFrom(...verbs), (bytes, verb) => {
      const reader = new DerReader(bytes)
      const found = reader.nextTag ?? 0
      const code = codeOf(() => (verb === 'read' || verb === 'ascii' ? reader[verb](found) : reader[verb]()))
      if (code !== undefined) return code === 'certificate-invalid'
      const length = bytes[1] ?? 0
      return length < 0x80 ? derAgain(bytes, length) : true
    }),
    { numRuns: 30_000 },
  )
})

function derAgain(bytes: Uint8Array, length: number): boolean {
  return hex(der(bytes[0] ?? 0, bytes.subarray(2, 2 + length))) === hex(bytes.subarray(0, 2 + length))
}

test('a sequence that holds itself a thousand times costs nothing until somebody looks into it', () => {
  let nested = derSequence()
  for (let depth = 0; depth < 1_000; depth++) nested = derSequence(nested)
  const reader = new DerReader(nested)
  expect(reader.read(tag.sequence).byteLength).toBeLessThan(nested.byteLength)
  reader.end()
})
