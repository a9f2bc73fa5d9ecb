// A tally: a state machine that counts, remembers which commands it has seen, and tells the judge what it applies.
import { crc32 } from 'node:zlib'
import type { CouncilMachine } from '../../../../actors/cluster/council/council.ts'

/** Hears what each copy applies. */
export type TallyJudge = (index: number, command: string, hash: number) => void

export class Tally implements CouncilMachine {
  readonly #judge: TallyJudge
  seen: string[] = []
  hash = 0
  index = 0

  constructor(judge: TallyJudge) {
    this.#judge = judge
  }

  apply(index: number, command: Uint8Array): Uint8Array {
    const text = Buffer.from(command).toString()
    this.index = index
    this.hash = crc32(`${index}:${text}`, this.hash)
    this.seen.push(text)
    this.#judge(index, text, this.hash)
    return Buffer.from(String(this.seen.length))
  }

  snapshot(): Uint8Array {
    return Buffer.from(JSON.stringify({ seen: this.seen, hash: this.hash, index: this.index }))
  }

  restore(bytes: Uint8Array): void {
    const { seen, hash, index } = JSON.parse(Buffer.from(bytes).toString()) as Tally
    this.seen = [...seen]
    this.hash = hash
    this.index = index
  }
}
