// A stand for tests of projections: a journal in memory, whoever appends to it, and nodes that read it one after the other.
import { BodyCodec } from '../../../node/journal/commit-codec.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { MemoryJournal } from '../../../node/journal/memory-journal.ts'
import { Projections } from '../../../node/projections/projections.ts'
import type { Clock } from '../../../runtime/clock.ts'
import type { Commit } from '../../../runtime/commit.ts'
import type { FeedOptions, FeedPage, Journal, RecordKind } from '../../../runtime/journal.ts'
import type { Node } from '../../../node/node.ts'
import type { RecordedEvent } from '../../../node/projections/recorded-event.ts'

export type Happened = readonly [name: string, payload: unknown, version?: number]

export interface WriteOptions {
  readonly tags?: readonly string[]
  readonly kind?: RecordKind
  readonly keepFrom?: number
  readonly commit?: Commit
}

export class Stand<C extends Clock = ManualClock> {
  readonly clock: C
  readonly journal: MemoryJournal
  readonly codec: BodyCodec = new BodyCodec((path) => path)
  readonly #owners = new Map<string, { readonly epoch: number; seq: number }>()

  /** @param clock default one that is moved by hand */
  constructor(clock: C = new ManualClock() as unknown as C) {
    this.clock = clock
    this.journal = new MemoryJournal(clock)
  }

  /** What reads the journal in the life of one node; another one for each call. */
  node(journal: Journal = this.journal): Projections {
    return new Projections({ clock: this.clock, durability: () => ({ journal, codec: this.codec }) })
  }

  /** Appends one record of an actor, and waits until it is safe. */
  async write(id: string, happened: readonly Happened[], options: WriteOptions = {}): Promise<void> {
    const { tags = [], kind = 'commit', keepFrom, commit } = options
    const known = this.#owners.get(id)
    const owner = known ?? { ...(await this.journal.recover(id, undefined, () => undefined)) }
    this.#owners.set(id, owner)
    const seq = kind === 'snapshot' ? owner.seq : owner.seq + 1
    owner.seq = seq
    const events = happened.map(([name, payload, version = 1]) => [name, payload, version] as const)
    const body = this.codec.encode(commit ?? { events }, 'write')
    await new Promise<void>((resolve, reject) => {
      const append = { id, epoch: owner.epoch, seq, kind, atMs: this.clock.wall(), body, tags, keepFrom }
      this.journal.append(append, (fault) => (fault === undefined ? resolve() : reject(fault)))
    })
  }

  /** A deposit for each amount, by turns by two actors. */
  async deposits(...amounts: readonly number[]): Promise<void> {
    for (const [index, amount] of amounts.entries())
      await this.write(index % 2 === 0 ? 'bank/ada' : 'bank/bob', [['deposited', amount]])
  }

  /** The process dies with all that reads, and the next one opens the journal. */
  crash(): Projections {
    this.journal.reboot()
    this.#owners.clear()
    return this.node()
  }
}

/** All that an iterable yields. */
export async function all<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const one of iterable) list.push(one)
  return list
}

/** The sum of all that was deposited, with the list of it. */
export const sums = {
  state: (): { sum: number; seen: number[] } => ({ sum: 0, seen: [] }),
  on: {
    deposited(state: { sum: number; seen: number[] }, event: RecordedEvent<number>): void {
      state.sum += event.payload
      state.seen.push(event.payload)
    },
  },
}

/** Persists a deposit in the journal of a node, as an actor of that path would. */
export async function depositOn(node: Node, id: string, amount: number): Promise<void> {
  const { journal, codec } = node.runtime.host.durability!
  const { epoch, seq } = await journal.recover(id, undefined, () => undefined)
  const body = codec.encode({ events: [['deposited', amount, 1]] }, 'deposit')
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const append = { id, epoch, seq: seq + 1, kind: 'commit', atMs: 0, body, tags: ['money'] } as const
  journal.append(append, (fault) => (fault === undefined ? resolve() : reject(fault)))
  await promise
}

export interface Counted {
  readonly journal: Journal
  feeds(): number
  handedOut(): number
  pages(): readonly number[]
  /** Who listens for what is appended. */
  listeners(): number
}

/** The same journal, with what was read of it. */
export function counted(journal: Journal): Counted {
  const pages: number[] = []
  let listeners = 0
  const onTip = (listener: () => void): (() => void) => {
    const unlisten = journal.onTip(listener)
    listeners++
    return () => {
      listeners--
      unlisten()
    }
  }
  const feed = async (from: number, options: FeedOptions): Promise<FeedPage> => {
    const page = await journal.feed(from, options)
    pages.push(page.records.length)
    return page
  }
  const own = new Proxy(journal, {
    get: (target, key) => {
      if (key === 'feed') return feed
      if (key === 'onTip') return onTip
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
  return {
    journal: own,
    feeds: () => pages.length,
    handedOut: () => pages.reduce((sum, count) => sum + count, 0),
    pages: () => pages,
    listeners: () => listeners,
  }
}
