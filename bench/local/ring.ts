// The workload `ring`: a token goes round among 100 actors.
import { defineActor, startNode } from 'troupe'
import { Gate } from '../gate.ts'
import { Cell } from '../limit/cell.ts'
import { tell as put } from '../limit/pump.ts'
import { perSecond } from '../workload.ts'
import type { Ref } from 'troupe'
import type { Behaviour } from '../limit/cell.ts'
import type { Repetition, Workload } from '../workload.ts'

const actors = 100
/** Hops of one repetition. */
const hops = 2_000_000

export const ring: Workload = { troupe, limit }

type Link = { meet(next: Ref<Link>): void; token(left: number): void }

async function troupe(): Promise<Repetition> {
  const done = new Gate()
  const link = defineActor('link', {
    state: () => ({ next: undefined as Ref<Link> | undefined }),
    on: {
      meet(self, next: Ref<Link>) {
        self.state.next = next
      },
      token(self, left: number) {
        if (left === 0) done.open()
        else self.state.next?.tell('token', left - 1)
      },
    },
  })
  const node = await startNode()
  const first = await node.spawn(link)
  let last = first
  for (let i = 1; i < actors; i++) {
    const next = await node.spawn(link)
    last.tell('meet', next)
    last = next
  }
  last.tell('meet', first)
  return () => timed(done, () => first.tell('token', hops))
}

async function limit(): Promise<Repetition> {
  const done = new Gate()
  const first = new BareLink(done)
  const cell = new Cell(first)
  let last = first
  for (let i = 1; i < actors; i++) {
    const next = new BareLink(done)
    last.next = new Cell(next)
    last = next
  }
  last.next = cell
  return () => timed(done, () => put(cell, { left: hops }))
}

async function timed(done: Gate, start: () => void): Promise<{ 'ring/hop': number }> {
  const startMs = performance.now()
  start()
  await done.opened()
  return { 'ring/hop': perSecond(hops, startMs) }
}

class BareLink implements Behaviour {
  readonly #done: Gate
  next: Cell | undefined = undefined

  constructor(done: Gate) {
    this.#done = done
  }

  receive(token: { readonly left: number }): void {
    if (token.left === 0) this.#done.open()
    else if (this.next !== undefined) put(this.next, { left: token.left - 1 })
  }
}
