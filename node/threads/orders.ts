// Orders: what the main thread and the others tell each other besides messages, by verb.
import type { Exit } from '../../runtime/exit.ts'
import type { Fault, FaultRecord } from '../../runtime/fault.ts'
import type { Claim, JournalHead } from '../../runtime/journal.ts'
import type { Captured } from '../../runtime/captured.ts'
import type { Home } from '../../transports/link/record.ts'
import type { VerbOrder } from '../verbs/verb-order.ts'
import type { DeadReason } from '../../runtime/dead-letters.ts'
import type { WardFacts } from '../entities/ward-facts.ts'
import type { Books } from './books.ts'
import type { RecordBatch } from './record-batch.ts'
import type { Shares } from './shares.ts'
import type { SpawnOrder } from './spawn-order.ts'
import type { FarWatcher } from './watch-broker.ts'

/** A move: which root, from where, to where, and the word that decides it. */
export interface MoveOrder {
  /** Where the root lives while the move has not succeeded. */
  readonly home: Home
  readonly target: number
  /** The place of its word among the node's decisions, and the number of this move. */
  readonly slot: number
  readonly number: number
  /** How long handlers may run on before the move is given up. */
  readonly deadlineMs: number
  /** Of an entity: how long it is idle before it sleeps, in milliseconds. */
  readonly idleMs?: number | undefined
}

/** What a move came to, as its source saw it. */
export interface MoveOutcome {
  readonly actors: number
  /** From the order to hold still until the source heard that all live in the new thread. */
  readonly pausedMs: number
}

/** Asked of any thread: the answer by verb. */
export interface Calls extends JournalCalls {
  /** Starts a root; the answer comes when its start has ended. */
  spawn: { readonly input: SpawnOrder; readonly answer: null }
  /** Moves a root away; the answer comes when that is decided. */
  leave: { readonly input: MoveOrder; readonly answer: MoveOutcome }
  /** Takes a root in; the answer says that it lives there now. */
  arrive: {
    readonly input: { readonly order: MoveOrder; readonly captured: Captured }
    readonly answer: null
  }
  /** Imports a module. */
  load: { readonly input: string; readonly answer: string[] }
  /** Ends all actors. */
  stop: { readonly input: null; readonly answer: null }
  /** Shows that the thread takes turns. */
  ping: { readonly input: null; readonly answer: null }
  /** Asked of the main thread: where a path leads. */
  resolve: { readonly input: string; readonly answer: Home | null }
  /** Asked of the main thread: where an entity lives from now on, or the reason why it cannot be woken. */
  awaken: {
    readonly input: { readonly path: string; readonly waitMs: number }
    readonly answer: Home | DeadReason | null
  }
  /** Sends idle entities to sleep, of one definition or of any; the answer is how many. */
  evict: { readonly input: { readonly name: string | null; readonly count: number }; readonly answer: number }
  /** Sends entities of some shards to sleep, those that may. */
  lull: { readonly input: readonly number[]; readonly answer: null }
  /** Which entities are awake there. */
  wards: { readonly input: null; readonly answer: readonly WardFacts[] }
  /** Runs an operator's verb on what is in this thread; the answer is JSON text. */
  verb: { readonly input: VerbOrder; readonly answer: string }
  /** What it has counted. */
  books: { readonly input: null; readonly answer: Books }
  /** What its roots have taken. */
  shares: { readonly input: null; readonly answer: Shares }
}

/** Asked of the main thread by the journals of others; see `Journal`. */
interface JournalCalls {
  /** Keeps records in their order; the answer has a fault or null for each, and is null if all are safe. */
  'journal-append': { readonly input: RecordBatch; readonly answer: readonly (Fault | null)[] | null }
  /** The answer has the first of the records. */
  'journal-recover': {
    readonly input: { readonly id: string; readonly epoch: number | null }
    readonly answer: { readonly claim: Claim; readonly page: RecordBatch; readonly isAll: boolean }
  }
  /** Without the first `skip` of those from a number on; the answer may have fewer than there are. */
  'journal-read': {
    readonly input: {
      readonly id: string
      readonly fromSeq: number
      readonly skip: number
      readonly countMax: number
    }
    readonly answer: RecordBatch
  }
  'journal-feed': {
    readonly input: {
      readonly from: number
      readonly countMax: number
      readonly tags: readonly string[] | null
    }
    readonly answer: { readonly page: RecordBatch; readonly next: number }
  }
  'journal-heads': {
    readonly input: { readonly after: string | null; readonly countMax: number }
    readonly answer: readonly JournalHead[]
  }
  'journal-wakes': {
    readonly input: { readonly untilMs: number; readonly countMax: number }
    readonly answer: readonly { readonly id: string; readonly wakeMs: number }[]
  }
}

/** Told to any thread, by verb. */
export interface Notes {
  /** Its definitions are loaded, or why not. */
  ready: { readonly fault: FaultRecord | null }
  /** A root has its place: it can be sent to. */
  placed: string
  /** A root has ended. */
  gone: { readonly home: Home; readonly exit: Exit }
  watch: { readonly path: string; readonly watcher: FarWatcher }
  unwatch: { readonly path: string; readonly watcher: FarWatcher }
  /** Report the end of this one. */
  observe: string
  /** Nobody elsewhere watches this entity any more: it may sleep. */
  unobserve: string
  /** It has ended, and was to be observed. */
  ended: { readonly path: string; readonly exit: Exit }
  /** An actor is to hear of an end. */
  hear: { readonly watcher: string; readonly path: string; readonly exit: Exit }
  /** The same, told to the main thread, which knows where it lives. */
  'tell-end': { readonly watcher: string; readonly path: string; readonly exit: Exit }
  /** A function of this thread is to hear of an end. */
  heard: { readonly id: number; readonly exit: Exit }
  /** A thread is no more. */
  lost: number
  /** Told to the main thread: the owner of an actor's records has ended. */
  'journal-release': { readonly id: string; readonly epoch: number }
}
