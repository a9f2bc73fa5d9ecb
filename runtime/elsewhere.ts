// Elsewhere: where messages go whose receiver is not in this runtime. A contract; a runtime without threads or hosts has none.
import type { Envelope } from './envelope.ts'
import type { Exit } from './exit.ts'
import type { Far } from './far.ts'

/** Who watches: an actor, which may move, or a function of the program, which stays where it is. */
export type Watcher =
  | { readonly path: string; readonly hear?: undefined }
  | { readonly path?: undefined; readonly hear: (exit: Exit) => void }

/** Keeps the order of what one sender sends to one receiver, wherever that lives and however often it moves. */
export interface Elsewhere {
  /**
   * Takes a tell on its way. It is delivered, becomes a dead letter with a reason, or dies with a thread.
   * @param transfer buffers in the payload that are moved, not copied
   * @throws {Fault} `payload-unencodable` `payload-too-large` `transfer-invalid`
   */
  tell(to: Far, envelope: Envelope, transfer?: readonly ArrayBuffer[]): void
  /** The same for what was accepted once: an ask, or the message of an actor that has moved away. Never throws. */
  send(to: Far, envelope: Envelope): void
  /** Waits for room in a far mailbox. */
  offer(to: Far, envelope: Envelope, timeoutMs: number): Promise<void>
  stop(to: Far): void
  kill(to: Far): void
  /** Lets the watcher hear once when the actor at the path has ended; returns the way to take that back. */
  watch(path: string, watcher: Watcher): () => void
  /** An actor that somebody elsewhere watches has ended. */
  ended(path: string, exit: Exit): void
}
