// The options of an entity definition: how many of its actors may be awake, after what time they sleep, and where they live.
import { Fault } from '../../runtime/fault.ts'
import { escapeText } from '../../runtime/escape.ts'
import { readPlace } from '../threads/place.ts'
import type { Place, PlaceWish } from '../threads/place.ts'

/** Entities of one definition that may be awake: about 100 MB with small states. */
export const residentMaxDefault = 100_000
/** The most that a definition may ask for. */
export const residentMaxMax = 10_000_000
/** How long an entity has had nothing to do before it sleeps, in milliseconds. */
export const idleMsDefault = 60_000
/** Less is no idleness, and a sweep is a quarter of it; more than a Node.js timer can wait is never. */
export const idleMsBounds = { min: 100, max: 2_147_483_647 } as const

/** How the entities of a definition are kept. */
export interface EntityOptions {
  /** How many may be awake at once, in all threads of the node together; default 100,000. */
  readonly residentMax?: number
  /** How long one has had nothing to do before it sleeps, in milliseconds; 100 to 2,147,483,647, default 60,000. */
  readonly idleMs?: number
  /** Where each of them lives while it is awake, chosen anew each time it wakes; default `auto`. */
  readonly place?: Place
}

/** The same with nothing left out. */
export interface EntityRules {
  readonly residentMax: number
  readonly idleMs: number
  readonly place: PlaceWish
}

/** @throws {Fault} `entity-invalid` `place-invalid` */
export function readEntityOptions(name: string, options: EntityOptions): EntityRules {
  const { residentMax = residentMaxDefault, idleMs = idleMsDefault, place, ...others } = options
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) refuse(name, `there is no option "${escapeText(unknown, 60)}"`)
  checkResidentMax(name, residentMax)
  checkRange(name, 'idleMs', idleMs, idleMsBounds)
  if (place === 'dedicated') refuse(name, 'place is "dedicated": each entity would have a thread of its own')
  return { residentMax, idleMs, place: readPlace(place) }
}

/** @throws {Fault} `entity-invalid` */
export function checkResidentMax(name: string, residentMax: number): number {
  checkRange(name, 'residentMax', residentMax, { min: 1, max: residentMaxMax })
  return residentMax
}

function checkRange(
  name: string,
  what: string,
  value: unknown,
  { min, max }: { readonly min: number; readonly max: number },
): void {
  if (Number.isInteger(value) && Number(value) >= min && Number(value) <= max) return
  refuse(name, `${what} is ${escapeText(String(value), 60)}, not a whole number from ${min} to ${max}`)
}

function refuse(name: string, flaw: string): never {
  throw new Fault('entity-invalid', `Cannot keep entities of "${escapeText(name, 64)}": ${flaw}`, {
    hint: 'Give residentMax, idleMs and place as docs/entities.md says.',
  })
}
