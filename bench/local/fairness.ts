// The workload `fairness`: what a TCP echo, a timer and a quiet actor suffer beside 64 pairs of actors that never rest.
import { defineActor, startNode } from 'troupe'
import { Echo } from '../echo.ts'
import { Cell } from '../limit/cell.ts'
import { tell as put } from '../limit/pump.ts'
import { quantile } from '../quantile.ts'
import type { Ref } from 'troupe'
import type { Behaviour } from '../limit/cell.ts'
import type { Repetition, Sample, Workload } from '../workload.ts'

const pairs = 64
/** Balls that one pair throws: a full turn's work for each actor, whenever it has its turn. */
const ballsPerPair = 32
/** How long one repetition measures, in milliseconds. */
const measureMs = 1_000
const timerMs = 1

export const fairness: Workload = { troupe, limit }

/** What is measured of one peer. */
interface Crowd {
  /** Starts the flood; it goes on until `flood.isOn` is false. */
  readonly start: () => void
  /** Starts the peer's own timer of `timerMs`; `rang` hears it. */
  readonly ring: () => void
  /** Sends the quiet actor a message; `heard` gets what it was sent. */
  readonly whisper: (sentMs: number) => void
}

/** What the actors of one peer share with the measuring program. */
class Flood {
  isOn = false
  readonly timerLagsMs: number[] = []
  readonly quietDelaysMs: number[] = []

  rang(dueMs: number): void {
    this.timerLagsMs.push(performance.now() - dueMs)
  }

  heard(sentMs: number): void {
    this.quietDelaysMs.push(performance.now() - sentMs)
  }
}

type Player = { meet(peer: Ref<Player>): void; ball(): void }

async function troupe(): Promise<Repetition> {
  const flood = new Flood()
  const player = playerDefinition(flood)
  const quiet = quietDefinition(flood)
  const node = await startNode()
  const ones: Ref<Player>[] = []
  for (let i = 0; i < pairs; i++) {
    const [one, other] = [await node.spawn(player), await node.spawn(player)]
    one.tell('meet', other)
    other.tell('meet', one)
    ones.push(one)
  }
  const clerk = await node.spawn(quiet)
  return () =>
    measured(flood, {
      start: () => ones.forEach((one) => one.tell('ball')),
      ring: () => clerk.tell('wind'),
      whisper: (sentMs) => clerk.tell('whisper', sentMs),
    })
}

function playerDefinition(flood: Flood) {
  return defineActor('player', {
    state: () => ({ peer: undefined as Ref<Player> | undefined }),
    on: {
      meet(self, peer: Ref<Player>) {
        self.state.peer = peer
      },
      ball(self) {
        if (flood.isOn) self.state.peer?.tell('ball')
      },
    },
  })
}

function quietDefinition(flood: Flood) {
  return defineActor('quiet', {
    on: {
      wind(self) {
        self.after(timerMs, 'ring', performance.now() + timerMs)
      },
      ring(self, dueMs: number) {
        flood.rang(dueMs)
        if (flood.isOn) self.after(timerMs, 'ring', performance.now() + timerMs)
      },
      whisper(_self, sentMs: number) {
        flood.heard(sentMs)
      },
    },
  })
}

async function limit(): Promise<Repetition> {
  const flood = new Flood()
  const cells: Cell[] = []
  for (let i = 0; i < pairs; i++) {
    const one = new BarePlayer(flood)
    const cell = new Cell(one)
    one.peer = new Cell(new BarePlayer(flood, cell))
    cells.push(cell)
  }
  const quiet = new Cell(new BareQuiet(flood))
  const wind = (dueMs: number): void => {
    setTimeout(() => {
      flood.rang(dueMs)
      if (flood.isOn) wind(performance.now() + timerMs)
    }, timerMs)
  }
  return () =>
    measured(flood, {
      start: () => cells.forEach((cell) => put(cell, 'ball')),
      ring: () => wind(performance.now() + timerMs),
      whisper: (sentMs) => put(quiet, { sentMs }),
    })
}

async function measured(flood: Flood, crowd: Crowd): Promise<Sample> {
  flood.timerLagsMs.length = 0
  flood.quietDelaysMs.length = 0
  flood.isOn = true
  await using echo = await Echo.open()
  for (let i = 0; i < ballsPerPair; i++) crowd.start()
  crowd.ring()
  const whispering = setInterval(() => crowd.whisper(performance.now()), 1)
  const roundTripsMs = await echo.roundTripsMs(measureMs)
  clearInterval(whispering)
  flood.isOn = false
  return {
    'fairness/echo-p50': quantile(roundTripsMs, 0.5),
    'fairness/echo-p99': quantile(roundTripsMs, 0.99),
    'fairness/timer-p99': quantile(flood.timerLagsMs, 0.99),
    'fairness/quiet-p99': quantile(flood.quietDelaysMs, 0.99),
  }
}

class BarePlayer implements Behaviour {
  readonly #flood: Flood
  peer: Cell | undefined

  constructor(flood: Flood, peer?: Cell) {
    this.#flood = flood
    this.peer = peer
  }

  receive(): void {
    if (this.#flood.isOn && this.peer !== undefined) put(this.peer, { ball: true })
  }
}

class BareQuiet implements Behaviour {
  readonly #flood: Flood

  constructor(flood: Flood) {
    this.#flood = flood
  }

  receive(message: { readonly sentMs: number }): void {
    this.#flood.heard(message.sentMs)
  }
}
