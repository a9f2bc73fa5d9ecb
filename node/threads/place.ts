// A place: in which thread a new root goes to live. A decision; the node's table of homes acts on it.
import { Fault } from '../../runtime/fault.ts'
import { escapeText } from '../../runtime/escape.ts'
import type { Ref } from '../../runtime/actor.ts'

/** Characters of a refused place that its fault shows. */
const shownMax = 60
/** What a thread that is busy all the time counts beside one that has as many roots as the others have. */
const busyWeight = 2

/**
 * Where a new root goes to live: `auto` where there is most room · `main` the thread that does I/O · `thread` a numbered one, 0 is main ·
 * `near` where another actor lives now · `dedicated` a thread of its own, started for it.
 */
export type Place =
  | 'auto'
  | 'main'
  | 'dedicated'
  | { readonly thread: number }
  | { readonly near: Pick<Ref, 'path'> }

/** A place with the path of whom it names. */
export type PlaceWish =
  | 'auto'
  | 'main'
  | 'dedicated'
  | { readonly thread: number }
  | { readonly near: string }

/** `lost` is being replaced, in the same slot. */
export type ThreadStatus = 'up' | 'starting' | 'lost' | 'dedicated' | 'quarantine'

/** A worker thread as placement sees it. */
export interface ThreadFacts {
  /** From 1 up; stays with its replacement. */
  readonly slot: number
  readonly status: ThreadStatus
  readonly roots: number
  /** The part of the last while that it was busy, from 0 to 1. */
  readonly loadShare: number
}

/** A living root whose path begins with the new one's, or the other way round. */
export interface Kin {
  readonly path: string
  readonly slot: number
}

export interface PlaceFacts {
  /** The new root's path. */
  readonly path: string
  /** Whether the worker threads have loaded its definition. */
  readonly isHosted: boolean
  /** All worker threads; none if the node was started without. */
  readonly threads: readonly ThreadFacts[]
  readonly kin: readonly Kin[]
  /** Where the actor lives that the wish names; undefined if nobody lives there. */
  readonly nearSlot?: number | undefined
}

/** `why` is one line for people, without a full stop. */
export type Placement =
  | { readonly slot: number; readonly why: string }
  | { readonly start: 'dedicated'; readonly why: string }

/**
 * Decides where a root goes. Kin share a thread, because a child of one could have the other's name; a wish that would part them is
 * refused. A wish is never overruled in silence, but for a node without threads, where `dedicated` is the main thread.
 * @returns a fault instead of a place: `place-split` `place-invalid` `thread-unknown` `actor-unknown`
 */
export function place(wish: PlaceWish, facts: PlaceFacts): Placement | Fault {
  const wished = wish === 'auto' ? undefined : wishedPlace(wish, facts)
  if (Fault.is(wished)) return wished
  const kin = facts.kin[0]
  const apart = facts.kin.find(({ slot }) => slot !== kin?.slot)
  if (kin !== undefined && apart !== undefined) return parted(facts, `${shown(kin)} and ${shown(apart)}`)
  if (kin !== undefined && kin.slot !== 0 && !facts.isHosted)
    return parted(facts, `${shown(kin)}, where its definition is not loaded`)
  if (wished === undefined) return kin === undefined ? roomiest(facts) : beside(kin)
  if (kin === undefined) return wished
  if ('slot' in wished && wished.slot === kin.slot) return wished
  return parted(facts, `${shown(kin)}, but ${wished.why}`)
}

/** Reads the option `place`. @throws {Fault} `place-invalid` */
export function readPlace(value: unknown): PlaceWish {
  if (value === undefined || value === 'auto') return 'auto'
  if (value === 'main' || value === 'dedicated') return value
  if (typeof value === 'object' && value !== null) {
    const { thread, near } = value as { readonly thread?: unknown; readonly near?: unknown }
    if (typeof thread === 'number' && Number.isSafeInteger(thread) && thread >= 0 && near === undefined)
      return { thread }
    if (thread === undefined && typeof near === 'object' && near !== null) {
      const { path } = near as { readonly path?: unknown }
      if (typeof path === 'string') return { near: path }
    }
  }
  const text = typeof value === 'string' ? `"${escapeText(value, shownMax)}"` : `a ${typeof value}`
  throw new Fault('place-invalid', `Cannot place an actor at ${text}: there is no such place`, {
    hint: "Use 'auto', 'main', 'dedicated', { thread: number } or { near: ref }.",
  })
}

function wishedPlace(wish: Exclude<PlaceWish, 'auto'>, facts: PlaceFacts): Placement | Fault {
  if (wish === 'main') return { slot: 0, why: 'the main thread was asked for' }
  if (wish === 'dedicated') return dedicated(facts)
  if ('near' in wish) {
    const slot = facts.nearSlot
    if (slot !== undefined)
      return hosted(slot, `"${wish.near}" lives in ${threadText(slot)}, and near it was asked for`, facts)
    return new Fault(
      'actor-unknown',
      `Cannot place "${facts.path}" near "${wish.near}": nobody lives there`,
      {
        hint: 'Spawn that one first, or place it elsewhere.',
      },
    )
  }
  const { thread } = wish
  const found = facts.threads.find(({ slot }) => slot === thread)
  if (thread !== 0 && found === undefined) return unknown(thread, facts)
  if (found?.status === 'dedicated')
    return new Fault(
      'place-invalid',
      `Cannot place "${facts.path}" in thread ${thread}: it is dedicated to another actor`,
      { hint: 'Choose another thread, or name that actor as `near`.', details: { thread } },
    )
  return hosted(thread, `${threadText(thread)} was asked for`, facts)
}

function dedicated(facts: PlaceFacts): Placement | Fault {
  if (facts.threads.length === 0)
    return { slot: 0, why: 'a thread of its own was asked for, but the node has no threads' }
  return facts.isHosted
    ? { start: 'dedicated', why: 'a thread of its own was asked for' }
    : unhosted(facts, 'in a thread of its own')
}

function hosted(slot: number, why: string, facts: PlaceFacts): Placement | Fault {
  return slot === 0 || facts.isHosted ? { slot, why } : unhosted(facts, `in ${threadText(slot)}`)
}

/** Few roots and little to do: both, because the load of roots that have just come is not measured yet. */
function roomiest(facts: PlaceFacts): Placement {
  const { threads } = facts
  if (threads.length === 0) return { slot: 0, why: 'the node has no threads' }
  if (!facts.isHosted) return { slot: 0, why: 'its definition is not loaded in the threads' }
  const open = ['up', 'starting', 'lost'].map((wanted) => threads.filter(({ status }) => status === wanted))
  const candidates = open.find(({ length }) => length > 0)
  if (candidates === undefined) return { slot: 0, why: 'no thread is open to all' }
  const roots = candidates.reduce((sum, thread) => sum + thread.roots, 0)
  const scored = candidates.map((thread) => ({
    thread,
    score:
      (thread.roots * candidates.length) / (roots + candidates.length) +
      busyWeight * loadOf(thread.loadShare),
  }))
  const [best] = scored.toSorted((a, b) => a.score - b.score || a.thread.slot - b.thread.slot)
  // There is a candidate, so there is a best one.
  const { slot, roots: count, loadShare } = (best as (typeof scored)[number]).thread
  const percent = Math.round(loadOf(loadShare) * 100)
  return { slot, why: `${threadText(slot)} has most room: ${rootsText(count)}, ${percent} % busy` }
}

/** A thread that cannot be measured may as well be full. */
function loadOf(share: number): number {
  return Number.isNaN(share) ? 1 : Math.min(1, Math.max(0, share))
}

function beside(kin: Kin): Placement {
  return { slot: kin.slot, why: `it shares a path with ${shown(kin)}` }
}

function parted(facts: PlaceFacts, how: string): Fault {
  return new Fault(
    'place-split',
    `Cannot place "${facts.path}": it shares a path, and so a thread, with ${how}`,
    {
      hint: 'Place it where its kin live, or give it a path that does not begin like theirs.',
      details: { kin: facts.kin.map(({ path, slot }) => ({ path, thread: slot })) },
    },
  )
}

function unhosted(facts: PlaceFacts, where: string): Fault {
  return new Fault(
    'place-invalid',
    `Cannot place "${facts.path}" ${where}: its definition is not loaded in the threads`,
    { hint: "Name the definition's module in the option `load`, or place the actor on the main thread." },
  )
}

function unknown(thread: number, facts: PlaceFacts): Fault {
  const slots = facts.threads.map(({ slot }) => slot).toSorted((a, b) => a - b)
  const known = slots.length === 0 ? 'the main thread only' : `0 (main) and ${slots.join(', ')}`
  return new Fault(
    'thread-unknown',
    `Cannot place "${facts.path}" in thread ${thread}: the node has ${known}`,
    { hint: 'Use the number of a thread that the node has, or start it with more threads.' },
  )
}

function shown({ path, slot }: Kin): string {
  return `"${path}" in ${threadText(slot)}`
}

function threadText(slot: number): string {
  return slot === 0 ? 'the main thread' : `thread ${slot}`
}

function rootsText(count: number): string {
  return `${count} root${count === 1 ? '' : 's'}`
}
