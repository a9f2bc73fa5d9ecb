// A link: carries messages from one bare thread to another and back, in order, without the safety that actors have.

/** Hears what comes: which actor is meant, which kind of message it is, and what it says. */
export type Hear = (to: number, kind: number, payload: unknown) => void

/** The limit has one over two rings, the naive peer one over a port. */
export interface Link {
  /** Small numbers stand for the names that actors and messages have elsewhere. */
  tell(to: number, kind: number, payload: unknown): void
  /** Must be called once, before anything can come. */
  listen(hear: Hear): void
}
