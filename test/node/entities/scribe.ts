// A scribe: an entity for programs made by chance, which does what messages tell it and writes all that happens into one history.
import { defineActor } from 'troupe'
import type { Ref, Self } from 'troupe'
import type { LocalRef } from '../../../runtime/ref.ts'
import type { Cell } from '../../../runtime/cell.ts'
import type { HistoryEvent } from '../../../scenarios/testing/checkers/history.ts'

/** What a message makes its receiver do. */
export type Job =
  | { readonly act: 'note' | 'stop' | 'last' }
  | { readonly act: 'wait'; readonly ms: number }
  | { readonly act: 'send'; readonly to: string; readonly job: Job }

export interface Letter {
  readonly id: number
  readonly job: Job
}

/** One run. */
export class Scene {
  readonly history: HistoryEvent[] = []
  /** By key, given out by the node of this run. */
  readonly refs: Map<string, Ref> = new Map()
  /** The threads that are alive, by the hosts of their runtimes. */
  isAlive: (cell: Cell) => boolean = () => true
  /** Threads that were lost so far. */
  losses = 0
  #last = 0

  /** Writes down that something was sent; returns its number. */
  sent(from: string, to: string): number {
    const id = ++this.#last
    // Order is not promised between what a lost thread had sent on and what was sent after its loss.
    this.history.push({ type: 'sent', id, from: `${from} after ${this.losses}`, to: `scribe/${to}`, seq: id })
    return id
  }
}

const current = { scene: new Scene() }

export function newScene(): Scene {
  current.scene = new Scene()
  return current.scene
}

function tell(self: Self, to: string, job: Job): void {
  const { scene } = current
  scene.refs.get(to)?.tell('work', { id: scene.sent(self.path, to), job })
}

/** An actor's own cell: its thread may be dead, and what its code does then does not count. */
function isAlive(self: Self): boolean {
  const cell = (self.ref as unknown as LocalRef).cellOrLast
  return cell !== undefined && current.scene.isAlive(cell)
}

interface State {
  /** What it sends when its life ends. */
  last: { readonly to: string } | undefined
}

export const scribe = defineActor('scribe', {
  state: (): State => ({ last: undefined }),
  stopping(self) {
    if (self.state.last !== undefined && isAlive(self)) tell(self, self.state.last.to, { act: 'note' })
  },
  on: {
    work(self, { id, job }: Letter) {
      if (!isAlive(self)) return undefined
      const { history } = current.scene
      history.push({ type: 'received', id, by: self.path })
      const handled = (): number => {
        history.push({ type: 'handled', id, by: self.path })
        return id
      }
      switch (job.act) {
        case 'stop':
          self.stop()
          break
        case 'last':
          self.state.last = { to: 'a' }
          break
        case 'send':
          tell(self, job.to, job.job)
          break
        case 'wait': {
          const { clock } = ((self.ref as unknown as LocalRef).cellOrLast as Cell).host
          const waited = new Promise<void>((resolve) => void clock.alarm(clock.now() + job.ms, resolve))
          return waited.then(() => (isAlive(self) ? handled() : id))
        }
        case 'note':
      }
      return handled()
    },
  },
})
