// A bulletin: what failed and healed while nobody asked, told at the prompt, and never more than one can read.
import { happeningOf } from '../verbs/happening.ts'
import type { LifecycleEvent } from '../../runtime/event-log.ts'
import type { Node } from '../node.ts'
import type { Style } from './style.ts'

/** Lines that are told at once; the others are counted. */
const linesMax = 4
/** Time between two tellings, in milliseconds. */
const pauseMs = 250

const told: ReadonlySet<string> = new Set(['failed', 'restarted', 'escalated', 'quarantined', 'hook-failed'])

/** Follows the events of a node from its making until `close`. */
export class Bulletin {
  readonly #node: Node
  readonly #style: Style
  readonly #tell: (text: string) => void
  readonly #waiting: LifecycleEvent[] = []
  readonly #follow = (event: LifecycleEvent): void => this.#hear(event)
  #left = 0
  #isHeld = true
  #alarm: { cancel(): void } | undefined = undefined

  /** @param tell called with lines to show, between commands only */
  constructor(node: Node, style: Style, tell: (text: string) => void) {
    this.#node = node
    this.#style = style
    this.#tell = tell
    node.runtime.host.events.follow(this.#follow)
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
    this.#node.runtime.host.events.unfollow(this.#follow)
    this.#alarm?.cancel()
  }

  #hear(event: LifecycleEvent): void {
    if (!told.has(event.kind)) return
    if (this.#waiting.length < linesMax) this.#waiting.push(event)
    else this.#left++
    if (!this.#isHeld) this.#flushSoon()
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
    const lines = this.#waiting.splice(0).map((event) => this.#lineOf(event))
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

  #lineOf(event: LifecycleEvent): string {
    const { kind, path, text } = happeningOf(this.#node, event)
    const { ok, failed } = this.#style.characters
    const isGood = kind === 'restarted'
    const head = this.#style.paint(
      isGood ? 'good' : 'bad',
      `${isGood ? ok : failed} ${this.#style.safe(path, 200)} ${kind}`,
    )
    return text === '' ? head : `${head}: ${this.#style.safe(text, 300)}`
  }
}
