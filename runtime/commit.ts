// A commit: what one record of an actor's journal says, as plain data, and the contract of who makes bytes of it.

/** One thing that has happened to an actor. The version is that of the payload's shape. */
export type JournalEvent = readonly [name: string, payload: unknown, version: number]

/** A durable timer is started, or has come to its end. */
export type TimerChange =
  | {
      readonly key: string
      readonly name: string
      readonly payload: unknown
      /** The next beat, in milliseconds since 1970. */
      readonly dueMs: number
      readonly periodMs: number | undefined
      readonly catchUp: CatchUp
    }
  | { readonly key: string; readonly name?: undefined }

/** What becomes of the beats that nobody was awake for: none is made up for, one for all of them, or each. */
export type CatchUp = 'skip' | 'once' | 'each'

/** A reliable message on its way; numbered for each receiver from 1, without a gap. */
export interface Letter {
  readonly to: string
  readonly number: number
  readonly name: string
  readonly payload: unknown
}

/** All of these are applied in this order to what was there before; a whole record or a snapshot is applied to nothing. */
export interface Commit {
  readonly events?: readonly JournalEvent[]
  /** The state after it, in the shape of that version of the definition. */
  readonly state?: { readonly version: number; readonly data: unknown }
  readonly timers?: readonly TimerChange[]
  /** Told apart from those of another actor of the same path by this name: drawn once, with the first letter. */
  readonly sender?: string
  readonly sent?: readonly Letter[]
  /** Up to which number letters to a receiver have arrived; they are sent no more. */
  readonly arrived?: readonly (readonly [to: string, upTo: number])[]
  /** Up to which number letters of a sender have been handled; they are handled no more. */
  readonly handled?: readonly (readonly [from: string, sender: string, upTo: number])[]
  /** What asks with a key came to, by that key; without a reply, that it was handled. */
  readonly replies?: readonly (readonly [key: string, reply?: unknown])[]
}

/** Makes bytes of commits. Refs and faults in them stay what they are. */
export interface CommitCodec {
  /** @returns bytes that are good until the next call @throws {Fault} `payload-unencodable` `payload-too-large` */
  encode(commit: Commit, attempt: string): Uint8Array
  /** Trusts nobody. @throws {Fault} `frame-malformed` */
  decode(body: Uint8Array): Commit
}
