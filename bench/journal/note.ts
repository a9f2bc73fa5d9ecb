// A note: what the events of the suite `journal` say, for actors as an object, for bare peers as bytes of the same size.
import { randomBytes } from 'node:crypto'

export type NoteSize = '100' | '1k'

/** The payload of an event. */
export interface Note {
  readonly index: number
  readonly text: string
}

/** The texts repeat after so many: more than any compression of files sees at once. */
const textsMax = 4_096
/** What the JSON of a note has beside its text, with an index of six digits. */
const fieldsBytes = 27

const bytesOf: Readonly<Record<NoteSize, number>> = { '100': 100, '1k': 1_024 }

/** Makes notes of chance, which do not get smaller by compression. */
export class Notes {
  readonly #texts: readonly string[]
  readonly #bodies: readonly Uint8Array[]

  constructor(size: NoteSize) {
    const bytes = bytesOf[size]
    this.#texts = pool(
      (length) => randomBytes(length).toString('base64').slice(0, length),
      bytes - fieldsBytes,
    )
    this.#bodies = pool((length): Uint8Array => randomBytes(length), bytes)
  }

  make(index: number): Note {
    return { index, text: this.#texts[index % textsMax] ?? '' }
  }

  bytes(index: number): Uint8Array {
    return this.#bodies[index % textsMax] ?? none
  }
}

const none = new Uint8Array()

function pool<T>(make: (length: number) => T, length: number): T[] {
  return Array.from({ length: textsMax }, () => make(length))
}
