// A bulletin: what failed and healed while nobody asked, told at the prompt, and never more than one can read.
import { Fault } from '../../runtime/fault.ts'
import { newsOfAll } from '../verbs/news-of.ts'
import type { EventKind } from '../../runtime/event-log.ts'
import type { Node } from '../node.ts'
import type { Happening } from '../verbs/happening.ts'
import type { Style } from './style.ts'

/** Lines that are told at once; the others are counted. */
const linesMax = 4
/** Time between two tellings, in milliseconds. */
const pauseMs = 250

const told: readonly EventKind[] = [
  'failed',
  'restarted',
  'escalated',
  'quarantined',
  'hook-failed',
  'thread-lost',
  'node-joined',
  'node-lost',
  'node-frozen',
  'node-thawed',
  'node-expelled',
  'council-stopped',
]

const good: ReadonlySet<EventKind> = new Set(['restarted', 'node-joined', 'node-thawed'])

/** What every node sees: one's own word is enough. */
const seenByAll: ReadonlySet<EventKind> = new Set(['node-joined', 'node-lost'])

/** Follows the events of a node, and of the others of its cluster, from its making until `close`. */
export class Bulletin {
  readonly #node: Node
  readonly #style: Style
  readonly #tell: (text: string) => void
  readonly #waiting: Happening[] = []
  readonly #closed = new AbortController()
  #left = 0
  #isHeld = true
  #alarm: { cancel(): void } | undefined = undefined

  /** @param tell called with lines to show, between commands only */
  constructor(node: Node, style: Style, tell: (text: string) => void) {
    this.#node = node
    this.#style = style
    this.#tell = tell
    void this.#follow()
  }

  /** Keeps what comes to itself while a command runs. */
  hold(): void {
    this.#isHeld = true
  }

  /** Tells what has come meanwhile, and from now on what comes. */
  release(): void {
    this.#isHeld = false
    this.#flush()
  }

  close(): void {
    this.#closed.abort()
    this.#alarm?.cancel()
  }

  /** Hears of all nodes and threads. Where too many follow the events already, nothing is told. */
  async #follow(): Promise<void> {
    const { signal } = this.#closed
    try {
      for await (const happening of newsOfAll(this.#node, { kinds: told }, signal)) this.#hear(happening)
    } catch (error) {
      if (!Fault.is(error)) throw error
    }
  }

  #hear(happening: Happening): void {
    if (seenByAll.has(happening.kind) && !this.#isOwn(happening)) return
    if (this.#waiting.length < linesMax) this.#waiting.push(happening)
    else this.#left++
    if (!this.#isHeld) this.#flushSoon()
  }

  #isOwn({ node = this.#node.name }: Happening): boolean {
    return node === this.#node.name
  }

  /** Not from within the event: whoever causes it is in the middle of something. */
  #flushSoon(): void {
    const { clock } = this.#node.runtime.host
    this.#alarm ??= clock.alarm(clock.now() + pauseMs, () => {
      this.#alarm = undefined
      if (!this.#isHeld) this.#flush()
    })
  }

  #flush(): void {
    const lines = this.#waiting.splice(0).map((happening) => this.#lineOf(happening))
    if (lines.length === 0) return
    if (this.#left > 0)
      lines.push(
        this.#style.paint(
          'faint',
          `${this.#style.characters.more} and ${this.#left} more; see them with "tail --since 1m"`,
        ),
      )
    this.#left = 0
    this.#tell(lines.join('\n'))
  }

  #lineOf(happening: Happening): string {
    const { kind, path, text, node = '' } = happening
    const where = this.#isOwn(happening) ? '' : ` (${this.#style.safe(node, 120)})`
    const { ok, failed } = this.#style.characters
    const isGood = good.has(kind)
    const head = this.#style.paint(
      isGood ? 'good' : 'bad',
      `${isGood ? ok : failed} ${this.#style.safe(path, 200)} ${kind}${where}`,
    )
    return text === '' ? head : `${head}: ${this.#style.safe(text, 300)}`
  }
}
