// The workload `ping-pong`: two actors throw one ball to and fro, so that each message is a turn of its own.
import { defineActor, startNode } from 'troupe'
import { Gate } from '../gate.ts'
import { Cell } from '../limit/cell.ts'
import { tell as put } from '../limit/pump.ts'
import { perSecond } from '../workload.ts'
import type { Ref } from 'troupe'
import type { Behaviour } from '../limit/cell.ts'
import type { Repetition, Workload } from '../workload.ts'

/** Round trips of one repetition: two messages each. */
const roundTrips = 1_000_000

export const pingPong: Workload = { troupe, limit }

type Player = { meet(peer: Ref<Player>): void; ball(left: number): void }

async function troupe(): Promise<Repetition> {
  const done = new Gate()
  const player = defineActor('player', {
    state: () => ({ peer: undefined as Ref<Player> | undefined }),
    on: {
      meet(self, peer: Ref<Player>) {
        self.state.peer = peer
      },
      ball(self, left: number) {
        if (left === 0) done.open()
        else self.state.peer?.tell('ball', left - 1)
      },
    },
  })
  const node = await startNode()
  const [one, other] = [await node.spawn(player), await node.spawn(player)]
  one.tell('meet', other)
  other.tell('meet', one)
  return () => timed(done, () => one.tell('ball', roundTrips * 2))
}

async function limit(): Promise<Repetition> {
  const done = new Gate()
  const [one, other] = [new BarePlayer(done), new BarePlayer(done)]
  const cell = new Cell(one)
  one.peer = new Cell(other)
  other.peer = cell
  return () => timed(done, () => put(cell, { left: roundTrips * 2 }))
}

async function timed(done: Gate, start: () => void): Promise<{ 'ping-pong/roundtrip': number }> {
  const startMs = performance.now()
  start()
  await done.opened()
  return { 'ping-pong/roundtrip': perSecond(roundTrips, startMs) }
}

class BarePlayer implements Behaviour {
  readonly #done: Gate
  peer: Cell | undefined = undefined

  constructor(done: Gate) {
    this.#done = done
  }

  receive(ball: { readonly left: number }): void {
    if (ball.left === 0) this.#done.open()
    else if (this.peer !== undefined) put(this.peer, { left: ball.left - 1 })
  }
}
