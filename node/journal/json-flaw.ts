// A JSON flaw: where a text ceases to be JSON; JSON.parse does not always say.

/** The first character that cannot stand where it is. */
export interface JsonFlaw {
  /** From 1. */
  readonly column: number
  /** To be read after the place. */
  readonly what: string
}

type Expected = 'value' | 'value-or-end' | 'name' | 'name-or-end' | 'colon' | 'more' | 'nothing'

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const word = /true|false|null/y
const space = /[ \t\r\n]*/y

/** Finds the flaw of a text that JSON.parse has refused. */
export function jsonFlaw(text: string): JsonFlaw {
  return new Search(text).flaw()
}

class Search {
  readonly #text: string
  readonly #open: ('{' | '[')[] = []
  #at = 0
  #expected: Expected = 'value'

  constructor(text: string) {
    this.#text = text
  }

  flaw(): JsonFlaw {
    for (;;) {
      this.#at += this.#length(space)
      if (this.#at >= this.#text.length) return this.#here('the line ends too early')
      if (!this.#step(this.#text[this.#at] ?? '')) return this.#here(this.#said())
    }
  }

  #here(what: string): JsonFlaw {
    return { column: this.#at + 1, what }
  }

  #said(): string {
    const character = this.#text[this.#at]
    return character === undefined
      ? 'the line ends too early'
      : `${JSON.stringify(character)} cannot stand here`
  }

  /** Goes on behind what begins here; false if it cannot stand here, with the place of the flaw. */
  #step(first: string): boolean {
    switch (this.#expected) {
      case 'colon':
        return this.#take(first === ':', 'value')
      case 'more':
        return this.#more(first)
      case 'name':
      case 'name-or-end':
        if (first === '}' && this.#expected === 'name-or-end') return this.#close()
        return first === '"' && this.#string() && this.#expect('colon')
      case 'value':
      case 'value-or-end':
        if (first === ']' && this.#expected === 'value-or-end') return this.#close()
        return this.#value(first)
      case 'nothing':
        return false
    }
  }

  #more(first: string): boolean {
    const open = this.#open.at(-1)
    if (first === ',') return this.#take(true, open === '{' ? 'name' : 'value')
    return first === (open === '{' ? '}' : ']') && this.#close()
  }

  #value(first: string): boolean {
    if (first === '{' || first === '[') {
      this.#open.push(first)
      return this.#take(true, first === '{' ? 'name-or-end' : 'value-or-end')
    }
    if (first === '"') return this.#string() && this.#expect(this.#behindValue())
    const length = this.#length(/[-\d]/.test(first) ? number : word)
    this.#at += length
    return length > 0 && this.#expect(this.#behindValue())
  }

  #close(): boolean {
    this.#open.pop()
    return this.#take(true, this.#behindValue())
  }

  #behindValue(): Expected {
    return this.#open.length === 0 ? 'nothing' : 'more'
  }

  #take(isFit: boolean, next: Expected): boolean {
    if (!isFit) return false
    this.#at++
    return this.#expect(next)
  }

  #expect(next: Expected): boolean {
    this.#expected = next
    return true
  }

  /** Goes behind a text, or to the character in it that cannot stand there. */
  #string(): boolean {
    const text = this.#text
    for (this.#at++; this.#at < text.length; this.#at++) {
      const character = text[this.#at] ?? ''
      if (character === '"') {
        this.#at++
        return true
      }
      if (character < ' ') return false
      if (character !== '\\') continue
      this.#at++
      const escaped = text[this.#at] ?? ''
      if (escaped === 'u' && /^[\da-fA-F]{4}$/.test(text.slice(this.#at + 1, this.#at + 5))) this.#at += 4
      else if (escaped === '' || !'"\\/bfnrt'.includes(escaped)) return false
    }
    return false
  }

  #length(pattern: RegExp): number {
    pattern.lastIndex = this.#at
    return pattern.exec(this.#text)?.[0].length ?? 0
  }
}
