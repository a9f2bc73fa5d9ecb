// A place as an operator writes it.
import { argumentInvalid } from './input.ts'
import type { Place } from '../threads/place.ts'

/** Digits of a thread's number. */
const digitsMax = 6

/** Reads `auto`, `main`, `dedicated` or the number of a thread. @throws {Fault} `argument-invalid` */
export function placeFrom(text: string): Place {
  if (text === 'auto' || text === 'main' || text === 'dedicated') return text
  if (/^\d+$/.test(text) && text.length <= digitsMax) return { thread: Number(text) }
  throw argumentInvalid(
    { verb: 'spawn', name: 'place' },
    text,
    'a place',
    'Use auto, main, dedicated or the number of a thread; see "threads".',
  )
}
