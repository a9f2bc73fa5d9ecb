// A layered file: what of a file is safe, what is seen of it, and the changes between the two.
import { invariant } from '../../runtime/invariant.ts'
import { DiskContent } from './disk-content.ts'
import { sectorCount, tear } from './tear.ts'
import type { Random } from '../../runtime/random.ts'
import type { FileChange } from './tear.ts'

/** What becomes of a change when the machine falls. */
export type Fate = 'kept' | 'lost' | 'torn'

interface Change {
  readonly number: number
  readonly what: FileChange
  /** `doomed`: a sync has failed on it, so that no later one makes it safe. `safe`: it is, and stands behind a doomed one. */
  state: 'pending' | 'doomed' | 'safe'
}

/** Changes that are not safe are kept in the order they were made; each may have another fate, so that they reach the disk in any order. */
export class LayeredFile {
  #safe: DiskContent
  #seen: DiskContent
  #changes: Change[] = []
  #numbers = 0

  constructor(safe: DiskContent = new DiskContent()) {
    this.#safe = safe
    this.#seen = safe.share()
  }

  /** As programs see it. */
  get seen(): DiskContent {
    return this.#seen
  }

  /** Number of the last change: what a sync that begins now makes safe. */
  get lastChange(): number {
    return this.#numbers
  }

  change(what: FileChange): void {
    this.#numbers++
    this.#changes.push({ number: this.#numbers, what, state: 'pending' })
    apply(this.#seen, what)
  }

  /** @param last number of the last change that it makes safe */
  sync(last: number): void {
    for (const change of this.#changes) {
      if (change.state === 'pending' && change.number <= last) change.state = 'safe'
    }
    const unsafe = this.#changes.findIndex(({ state }) => state !== 'safe')
    const done = this.#changes.splice(0, unsafe === -1 ? this.#changes.length : unsafe)
    for (const { what } of done) apply(this.#safe, what)
  }

  /** @param pending `kept`: it is seen on, and may or may not be on the disk; `dropped`: it is gone at once */
  failSync(last: number, pending: 'kept' | 'dropped'): void {
    const isMeant = ({ state, number }: Change): boolean => state === 'pending' && number <= last
    if (pending === 'kept') {
      for (const change of this.#changes.filter(isMeant)) change.state = 'doomed'
      return
    }
    this.#changes = this.#changes.filter((change) => !isMeant(change))
    this.#seen = this.#safe.share()
    for (const { what } of this.#changes) apply(this.#seen, what)
  }

  /** How many fates each change has that is not safe: two, or three if it can be torn. */
  fateCounts(): number[] {
    return this.#unsafe().map(({ what }) => (this.#canTear(what) ? 3 : 2))
  }

  /** As it is after a fall. @param fates of the changes that are not safe, in order */
  fallen(fates: readonly Fate[], random: Random): LayeredFile {
    const content = this.#safe.share()
    let next = 0
    for (const { state, what } of this.#changes) {
      const fate = state === 'safe' ? 'kept' : fates[next++]
      invariant(fate !== undefined, 'A change of a file has no fate')
      if (fate === 'kept') apply(content, what)
      if (fate === 'torn' && what.kind === 'write') tear(content, what, random)
    }
    return new LayeredFile(content)
  }

  clone(): LayeredFile {
    const other = new LayeredFile(this.#safe.share())
    other.#seen = this.#seen.share()
    other.#changes = this.#changes.map((change) => ({ ...change }))
    other.#numbers = this.#numbers
    return other
  }

  /** Puts other bytes there, all of them safe. */
  put(bytes: Uint8Array): void {
    this.#safe = new DiskContent(bytes)
    this.#seen = this.#safe.share()
    this.#changes = []
  }

  #unsafe(): Change[] {
    return this.#changes.filter(({ state }) => state !== 'safe')
  }

  /** One sector is written whole or not at all; but a file can get longer before it gets what is to stand there. */
  #canTear(what: FileChange): boolean {
    if (what.kind === 'resize') return false
    return sectorCount(what.offset, what.bytes) > 1 || what.offset + what.bytes.byteLength > this.#safe.length
  }
}

function apply(content: DiskContent, what: FileChange): void {
  if (what.kind === 'resize') content.resize(what.length)
  else content.write(what.bytes, what.offset)
}
