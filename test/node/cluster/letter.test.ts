// Tests of letters: one question and one answer, each as long as it says and no longer than it may be.
import { expect, test } from 'vitest'
import { askByLetter, letterBytesMax, letterIn, letterMsMax, letterOf } from '../../../node/cluster/letter.ts'
import { FoyerStream } from './foyer-stream.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'

function headOf(length: number): Uint8Array {
  const head = new Uint8Array(4)
  new DataView(head.buffer).setUint32(0, length)
  return head
}

interface Asking {
  readonly clock: ManualClock
  readonly stream: FoyerStream
  readonly end: Promise<unknown>
}

function begin(): Asking {
  const clock = new ManualClock()
  const stream = new FoyerStream()
  const end = askByLetter(stream, Uint8Array.of(7), clock).catch((fault: unknown) => fault)
  return { clock, stream, end }
}

test('a letter is there once all of it has come, and not a byte before', () => {
  const letter = letterOf(Uint8Array.of(1, 2, 3))
  for (let end = 0; end < letter.byteLength; end++) expect(letterIn(letter.subarray(0, end))).toBe(undefined)
  expect(letterIn(letter)).toEqual(Uint8Array.of(1, 2, 3))
})

test('an empty letter, one that is too long, and one with more behind it are none', () => {
  expect(letterIn(headOf(0))).toBe('malformed')
  expect(letterIn(headOf(letterBytesMax))).toBe(undefined)
  expect(letterIn(headOf(letterBytesMax + 1))).toBe('malformed')
  expect(letterIn(Uint8Array.of(...letterOf(Uint8Array.of(1)), 2))).toBe('malformed')
})

test('an answer that comes byte by byte is given whole, and the stream is over', async () => {
  const { clock, stream, end } = begin()
  expect(stream.written).toEqual(letterOf(Uint8Array.of(7)))
  stream.come(letterOf(Uint8Array.of(8, 9)), 1)
  expect(await end).toEqual(Uint8Array.of(8, 9))
  expect([stream.end, clock.nextAlarmMs]).toEqual(['closed', Infinity])
})

test('an answer that says it is too long is refused before it comes', async () => {
  const { stream, end } = begin()
  stream.come(headOf(letterBytesMax + 1))
  expect(await end).toMatchObject({ code: 'peer-refused', outcome: 'unknown' })
  expect(stream.end).toBe('aborted')
})

test('a guest who is not answered in time, or cut off, does not know what became of the question', async () => {
  const silent = begin()
  await silent.clock.advance(letterMsMax - 1)
  expect(silent.stream.end).toBe(undefined)
  await silent.clock.advance(1)
  expect(await silent.end).toMatchObject({ code: 'peer-unreachable', outcome: 'unknown' })
  const gone = begin()
  gone.stream.come(headOf(3))
  gone.stream.cut()
  expect(await gone.end).toMatchObject({ code: 'peer-unreachable', outcome: 'unknown' })
  expect(gone.clock.nextAlarmMs).toBe(Infinity)
})
