// A fuzzer of the session: streams that are right but for what chance has changed in them, structure and bytes alike.
import { seededRandom } from '../../../runtime/random.ts'
import { Session } from '../../../transports/session/session.ts'
import { Reception } from '../../../transports/session/reception.ts'
import { SlabPool } from '../../../transports/session/slab-pool.ts'
import { kinds, preamble, word } from '../../../transports/session/unit.ts'
import { frameOf } from '../../contracts/wire.ts'
import { HostileStream, ack, contentOf, end, helloWith, segment } from './hostile-stream.ts'
import type { Alarm, Clock } from '../../../runtime/clock.ts'
import type { Random } from '../../../runtime/random.ts'

export interface FuzzReport {
  readonly units: number
  readonly streams: number
  /** How many streams were given up, by reason. */
  readonly reasons: Readonly<Record<string, number>>
  /** Frames that were handed over. */
  readonly frames: number
  /** The longest that one stream's bytes took. */
  readonly slowestMs: number
}

/** @param units how many to bring at least @param lookMs reads a clock */
export function fuzzSession(seed: number, units: number, lookMs: () => number): FuzzReport {
  const random = seededRandom(seed)
  const pool = new SlabPool()
  const reasons: Record<string, number> = {}
  const report = { units: 0, streams: 0, reasons, frames: 0, slowestMs: 0 }
  while (report.units < units) {
    const victim = newVictim(random, pool, report)
    // One session meets several streams: what one leaves behind the next one finds.
    for (let count = 1 + random.integer(4); count > 0; count--) {
      const parts = mutated(validStream(random), random)
      report.units += parts.length
      report.streams++
      const startMs = lookMs()
      victim.meet(Buffer.concat(parts), random)
      report.slowestMs = Math.max(report.slowestMs, lookMs() - startMs)
    }
    victim.session.cut()
    victim.clock.run()
  }
  return report
}

/** Calls what was put off when it is told to; its time stands still. */
class HandClock implements Clock {
  #due: (() => void)[] = []

  now(): number {
    return 0
  }

  wall(): number {
    return 0
  }

  alarm(): Alarm {
    return { cancel: () => undefined }
  }

  soon(run: () => void): void {
    this.#due.push(run)
  }

  later(run: () => void): void {
    this.#due.push(run)
  }

  run(): void {
    for (let due = this.#due; due.length > 0; due = this.#due) {
      this.#due = []
      for (const run of due) run()
    }
  }
}

interface Victim {
  readonly session: Session
  readonly clock: HandClock
  meet(bytes: Uint8Array, random: Random): void
}

interface Tally {
  readonly reasons: Record<string, number>
  frames: number
}

function newVictim(random: Random, pool: SlabPool, tally: Tally): Victim {
  const clock = new HandClock()
  const session = new Session({ clock, random, pool, id: 'a-b', self: 'b', peer: 'a' })
  const count = (reason: string): void => void (tally.reasons[reason] = (tally.reasons[reason] ?? 0) + 1)
  const reception = new Reception({ clock, welcome: () => session, malformed: count })
  session.watch({ malformed: count })
  const hears = random.next() < 0.8
  if (hears)
    session.listen({ frame: () => void tally.frames++, room: () => undefined, closed: () => undefined })
  clock.run()
  const meet = (bytes: Uint8Array, chance: Random): void => {
    const stream = new HostileStream()
    reception.accept(stream)
    if (chance.next() < 0.3) session.write('messages', frameOf(3, 2, 300))
    for (let at = 0; at < bytes.byteLength && stream.ended === undefined;) {
      const size = chance.next() < 0.5 ? bytes.byteLength : 1 + chance.integer(200)
      stream.bring(bytes.subarray(at, at + size))
      at += size
      clock.run()
    }
    stream.lose()
    clock.run()
  }
  return { session, clock, meet }
}

/** Units of a stream that breaks no rule. */
function validStream(random: Random): Uint8Array[] {
  const parts = [preamble(), helloWith({ generation: 1 + random.integer(3) }), ack()]
  const numbers = [0, 0]
  for (let count = random.integer(24); count > 0; count--) {
    const lane = random.integer(2)
    const content = contentOf(frameOf(count, random.integer(5), random.integer(400)))
    const cut =
      content.byteLength > 60 && random.next() < 0.3 ? 20 + random.integer(content.byteLength - 21) : 0
    const next = (): number => (numbers[lane] = (numbers[lane] ?? 0) + 1)
    if (cut > 0) {
      parts.push(segment(next(), content.subarray(0, cut), lane | 2))
      parts.push(segment(next(), content.subarray(cut), lane | 4))
    } else parts.push(segment(next(), content, lane | 6))
    if (random.next() < 0.1) parts.push(word(kinds.prompt))
  }
  if (random.next() < 0.1) parts.push(end())
  return parts
}

const odd = [
  0,
  1,
  2,
  3,
  4,
  7,
  8,
  12,
  19,
  20,
  64,
  65,
  127,
  128,
  255,
  4_096,
  65_535,
  65_536,
  65_537,
  2 ** 24,
  2 ** 31 - 1,
]
const odds = [...odd, 2 ** 31, 2 ** 32 - 1]

function mutated(parts: Uint8Array[], random: Random): Uint8Array[] {
  const changed = [...parts]
  for (let count = random.integer(4); count > 0; count--) {
    const index = random.integer(changed.length)
    const part = Buffer.from(changed[index]!)
    changed.splice(index, 1, ...mutation(part, changed, random))
    if (changed.length === 0) return parts
  }
  return changed
}

/** What stands where the unit was. */
function mutation(part: Buffer, parts: readonly Uint8Array[], random: Random): Uint8Array[] {
  const at = random.integer(Math.max(1, part.byteLength - 4))
  switch (random.integer(9)) {
    case 0:
      return []
    case 1:
      return [part, part]
    case 2:
      return [part.subarray(0, random.integer(part.byteLength + 1))]
    case 3:
      return [part, Buffer.from(Array.from({ length: random.integer(40) }, () => random.integer(256)))]
    case 4:
      return [parts[random.integer(parts.length)]!, part]
    case 5:
      if (part.byteLength >= 4)
        part.writeUInt32LE(odds[random.integer(odds.length)]!, at & ~3 & (part.byteLength - 4))
      return [part]
    case 6:
      // The head of a unit, or of a frame, field by field.
      if (part.byteLength >= 32) part.writeUInt32LE(odds[random.integer(odds.length)]!, 4 * random.integer(8))
      return [part]
    case 7:
      part[random.integer(4) % part.byteLength] = random.integer(256)
      return [part]
    default:
      for (let count = 1 + random.integer(3); count > 0; count--) {
        if (part.byteLength > 0) part[random.integer(part.byteLength)]! ^= 1 << random.integer(8)
      }
      return [part]
  }
}
