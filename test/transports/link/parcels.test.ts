// Parcels: large messages have a wire of their own, and their place among the others of their receiver.
import { expect, test } from 'vitest'
import fc from 'fast-check'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { memoryWires } from '../../../transports/memory/memory-wire.ts'
import { Envelope } from '../../../runtime/envelope.ts'
import { Far } from '../../../runtime/far.ts'
import { Link } from '../../../transports/link/link.ts'
import { parcelBytesMin, Parcels } from '../../../transports/link/parcels.ts'
import { seededRandom } from '../../../runtime/random.ts'
import * as record from '../../../transports/link/record.ts'
import type { Arrival } from '../../../transports/link/lane-reader.ts'

interface To {
  readonly path: string
}

function arrival(kind: number, path: string, id: number, parcel?: number): Arrival<To> {
  const beside = parcel === undefined ? undefined : { parcel }
  return { kind, hops: 0, to: { path }, name: 'm', from: undefined, id, timeoutMs: 0, payload: id, beside }
}

test('what comes behind a mark waits for its parcel, for the same receiver alone', () => {
  const got: number[] = []
  const parcels = new Parcels<To>(({ id }) => got.push(id))
  parcels.take(arrival(record.parcel, 'a', 1))
  parcels.take(arrival(record.tell, 'a', 11))
  parcels.take(arrival(record.tell, 'b', 12))
  expect(got).toEqual([12])
  parcels.came(arrival(record.tell, 'a', 10, 1))
  expect(got).toEqual([12, 10, 11])
})

test('a parcel that comes before its mark waits for that, and one that cannot come lets the others go on', () => {
  const got: number[] = []
  const parcels = new Parcels<To>(({ id }) => got.push(id))
  parcels.came(arrival(record.tell, 'a', 10, 1))
  expect(got).toEqual([])
  parcels.take(arrival(record.parcel, 'a', 1))
  parcels.take(arrival(record.parcel, 'a', 2))
  parcels.take(arrival(record.tell, 'a', 11))
  parcels.missing(2)
  expect(got).toEqual([10, 11])
})

test('an echo comes behind all parcels that were marked before it', () => {
  const got: number[] = []
  const parcels = new Parcels<To>(({ id }) => got.push(id))
  parcels.take(arrival(record.parcel, 'a', 1))
  parcels.take(arrival(record.echo, '', 99))
  expect(got).toEqual([])
  parcels.came(arrival(record.tell, 'a', 10, 1))
  expect(got).toEqual([10, 99])
})

test('each receiver gets all its messages once and in order, however the two wires run', async () => {
  const message = fc.record({ to: fc.constantFrom('a', 'b', 'c'), isLarge: fc.boolean() })
  const programs = fc.tuple(fc.array(message, { maxLength: 40 }), fc.integer({ min: 0, max: 1_000_000 }))
  await fc.assert(
    fc.asyncProperty(programs, async ([messages, seed]) => {
      const clock = new ManualClock()
      const random = seededRandom(seed)
      const delayMs = (): number => random.integer(20)
      const main = memoryWires(clock, { delayMs })
      const bulk = memoryWires(clock, { delayMs })
      const got: Record<string, number[]> = { a: [], b: [], c: [] }
      const listener = { closed: () => undefined, room: () => undefined, spoilt: () => undefined }
      const parts = (end: 0 | 1): ConstructorParameters<typeof Link>[0] => ({
        thread: -1,
        wire: main[end],
        bulk: bulk[end],
        clock,
        refAt: () => undefined,
      })
      const sender = new Link(parts(0), { ...listener, arrived: () => undefined })
      const arrived = (_link: Link, { to, payload }: Arrival<Far>): void => {
        got[to?.path ?? '']?.push((payload as { readonly id: number }).id)
      }
      void new Link(parts(1), { ...listener, arrived })
      const sent: Record<string, number[]> = { a: [], b: [], c: [] }
      for (const [id, { to, isLarge }] of messages.entries()) {
        sent[to]?.push(id)
        const envelope = new Envelope(new Far(to), 'm', undefined, undefined, undefined)
        // The size is what the link goes by; the bytes themselves are of no interest here.
        sender.tell(envelope, { id }, 20, isLarge ? parcelBytesMin : 0)
        if (random.integer(3) === 0) await clock.advance(random.integer(10))
      }
      await clock.advance(1_000)
      expect(got).toEqual(sent)
    }),
    { numRuns: 150 },
  )
})
