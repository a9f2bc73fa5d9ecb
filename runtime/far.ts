// A far party: an actor by its path alone, with room for what the way there remembers of it.
import type { Party } from './envelope.ts'

/** The fields but the path belong to whoever carries messages away; see elsewhere.ts. */
export class Far implements Party {
  readonly path: string
  /** The way there that was taken last. */
  road: object | undefined = undefined
  /** The path's number in the dictionary of a wire, good for that dictionary and generation alone. */
  dictionary: object | undefined = undefined
  number = 0
  generation = 0

  constructor(path: string) {
    this.path = path
  }
}
