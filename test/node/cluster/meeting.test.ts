// Tests of meetings: two processes learn who the other is, and whoever does not say so, or says something else, is told why not.
import { describe, expect, test } from 'vitest'
import { answerMeeting, cardBytesMax, isCard, meet, meetingMsMax } from '../../../node/cluster/meeting.ts'
import { FoyerStream } from './foyer-stream.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'

const own = { uid: '0'.repeat(32), name: 'a', cluster: 'one' }
const other = { uid: 'f'.repeat(32), name: 'b', cluster: 'one' }
const cardOf = (card: object): string => `meet1 ${JSON.stringify(card)}\n`

interface Meeting {
  readonly clock: ManualClock
  readonly stream: FoyerStream
  readonly end: Promise<unknown>
}

function begin(): Meeting {
  const clock = new ManualClock()
  const stream = new FoyerStream()
  const end = meet(stream, own, clock).catch((fault: unknown) => fault)
  return { clock, stream, end }
}

test('a card that comes byte by byte is read once it is whole, and nothing is waited for any more', async () => {
  const { clock, stream, end } = begin()
  stream.come(cardOf(other), 1)
  expect(await end).toEqual(other)
  expect([stream.end, clock.nextAlarmMs]).toEqual(['closed', Infinity])
})

test('what one side writes the other one can read', async () => {
  const { stream, end } = begin()
  const guest = new FoyerStream()
  expect(isCard(stream.written)).toBe(true)
  expect(answerMeeting(guest, stream.written, other)).toEqual(own)
  stream.come(guest.written)
  expect(await end).toEqual(other)
})

const bad: Readonly<Record<string, string>> = {
  'a line of something else': 'GET / HTTP/1.1\n',
  'a later version': cardOf(other).replace('meet1', 'meet2'),
  'no JSON': 'meet1 {\n',
  nothing: 'meet1 null\n',
  'a short uid': cardOf({ ...other, uid: 'ff' }),
  'a uid in capitals': cardOf({ ...other, uid: 'F'.repeat(32) }),
  'no name': cardOf({ ...other, name: 1 }),
  'no cluster': cardOf({ uid: other.uid, name: 'b' }),
  'a card that is too long': cardOf({ ...other, name: 'b'.repeat(cardBytesMax) }),
  'a line without an end': `meet1 ${' '.repeat(cardBytesMax)}`,
}

describe.each(Object.entries(bad))('%s is no card', (_, text) => {
  test('to whoever has dialled', async () => {
    const { clock, stream, end } = begin()
    stream.come(text, 100)
    expect(await end).toMatchObject({ code: 'peer-refused' })
    expect([stream.end, clock.nextAlarmMs]).toEqual(['aborted', Infinity])
  })

  test('to whoever is visited, who says nothing of itself', () => {
    const stream = new FoyerStream()
    expect(answerMeeting(stream, new TextEncoder().encode(text), own)).toBe(undefined)
    expect([stream.end, stream.written.byteLength]).toEqual(['aborted', 0])
  })
})

test('a node of another cluster is refused by its name, on both sides, after each has heard the other', async () => {
  const foreign = { ...other, cluster: 'two' }
  const { stream, end } = begin()
  stream.come(cardOf(foreign))
  expect(await end).toMatchObject({ code: 'peer-refused', message: expect.stringContaining('"two"') })
  const guest = new FoyerStream()
  expect(answerMeeting(guest, new TextEncoder().encode(cardOf(foreign)), own)).toBe(undefined)
  expect(new TextDecoder().decode(guest.written)).toBe(cardOf(own))
})

test('a silent node is waited for no longer than it may take', async () => {
  const { clock, stream, end } = begin()
  stream.come('meet1 {')
  await clock.advance(meetingMsMax - 1)
  expect(stream.end).toBe(undefined)
  await clock.advance(1)
  expect(await end).toMatchObject({ code: 'peer-unreachable' })
  expect(stream.end).toBe('aborted')
})

test('a node that hangs up in the middle of its card is "peer-unreachable" at once', async () => {
  const { clock, stream, end } = begin()
  stream.come('meet1 {')
  stream.cut()
  expect(await end).toMatchObject({ code: 'peer-unreachable', message: expect.stringContaining('hung up') })
  expect(clock.nextAlarmMs).toBe(Infinity)
})
