// Where a verb runs on a node with threads: a decision for each input; who carries it out is elsewhere.
import type { Fault } from '../../runtime/fault.ts'
import type { Node } from '../node.ts'
import type { Sources } from './source.ts'
import type { Part } from './spot.ts'

/** In the main thread alone. */
export interface InMain {
  readonly in: 'main'
}

/** Where the actor lives that it is about. */
export interface AtHome<D> {
  readonly in: 'home'
  readonly path: string
  /** It is a message: an entity that sleeps there is woken for it. */
  readonly wakes?: true
  /** Adds to an answer where it came from. */
  placed?(part: Part<D>): D
  /** Makes one answer of those of all threads, for an actor that lives no more and that some may remember. */
  former?(parts: readonly Part<D>[]): D
  /** Answers where nobody lives there, if the name means something else. */
  otherwise?(node: Node): D | undefined
}

/** In one thread. */
export interface InThread<D> {
  readonly in: 'thread'
  readonly id: number
  /** For that thread. */
  readonly input: unknown
  placed(part: Part<D>): D
  /** What stands in the way where that thread is no more. */
  gone(): Fault
}

/** In all threads. */
export interface InAll<D> {
  readonly in: 'all'
  /** Makes one answer of theirs, which come in the order of their slots. */
  merge(parts: readonly Part<D>[]): D
}

export type Where<D> = InMain | AtHome<D> | InThread<D> | InAll<D>

/** Streams of all threads. */
export interface StreamsOfAll<R> {
  readonly in: 'all'
  merge(sources: Sources<R>): AsyncIterable<R>
}

/** Where a verb runs that goes on answering. */
export type StreamWhere<R> = InMain | Pick<AtHome<R>, 'in' | 'path' | 'placed'> | StreamsOfAll<R>

/** What is known of either without the types of one verb. */
export type AnyWhere = { readonly in: 'main' | 'home' | 'thread' | 'all' }

export const inMain: InMain = Object.freeze({ in: 'main' })

/** Where an actor lives, if one is named, and else in all threads. */
export function homeOrAll<D>(path: string | undefined, merge: (parts: readonly Part<D>[]) => D): Where<D> {
  return path === undefined ? { in: 'all', merge } : { in: 'home', path, placed: (part) => merge([part]) }
}
