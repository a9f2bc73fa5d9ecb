// A dictionary: the texts of one lane in one direction as small numbers, so that a path crosses a wire once.

/** Texts of one lane that have numbers; when all numbers are used up they are forgotten, and numbering begins anew. */
export const dictionaryTextsMax = 65_536
/** Characters of them all that a reader keeps: as many as paths of the greatest length have, and names of messages are shorter. */
export const dictionaryCharactersMax = 33_554_432
/** Texts that one record may name. */
const recordTexts = 3

/** What remembers its number in the dictionary that it was used with last. */
export interface Numbered {
  readonly path: string
  /** The dictionary, undefined before the first use. */
  dictionary: object | undefined
  /** Good only for that dictionary and generation. */
  number: number
  generation: number
}

/** The sender's side. Numbers start at 1; 0 stands for nothing. */
export class Dictionary {
  #numbers = new Map<string, number>()
  readonly #onDefine: (number: number, text: string) => void
  readonly #onForget: () => void
  #generation = 0
  #lastName = ''
  #lastNumber = 0

  /**
   * @param on.define sends a text with its number, before any record that uses it
   * @param on.forget sends that all numbers are free again; until it returns they mean what they meant
   */
  constructor(on: { define: (number: number, text: string) => void; forget: () => void }) {
    this.#onDefine = on.define
    this.#onForget = on.forget
  }

  /** The number of a party's path. The party remembers it: one that is used with one wire only is looked up once. */
  ofParty(party: Numbered): number {
    if (party.dictionary === this && party.generation === this.#generation) return party.number
    const number = this.of(party.path)
    party.dictionary = this
    party.number = number
    party.generation = this.#generation
    return number
  }

  /** The number of a message's name; most often it is the name of the message before. */
  ofName(name: string): number {
    if (name === this.#lastName) return this.#lastNumber
    const number = this.of(name)
    this.#lastName = name
    this.#lastNumber = number
    return number
  }

  of(text: string): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    const number = this.#numbers.size + 1
    this.#numbers.set(text, number)
    this.#onDefine(number, text)
    return number
  }

  /** The numbers by their texts, until all are forgotten. */
  get numbers(): ReadonlyMap<string, number> {
    return this.#numbers
  }

  /** Called before the texts of a record are looked up, since numbers must not be forgotten between two of them. */
  makeRoom(): void {
    if (this.#numbers.size + recordTexts <= dictionaryTextsMax) return
    this.#onForget()
    // A new one: what has not been sent yet may still be told by the old one.
    this.#numbers = new Map()
    this.#generation++
    this.#lastName = ''
    this.#lastNumber = 0
  }
}
