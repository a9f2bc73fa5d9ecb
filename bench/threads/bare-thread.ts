// A bare thread: the entry of a worker that plays the roles it is ordered to play.
import { parentPort } from 'node:worker_threads'
import { Cell } from '../limit/cell.ts'
import { tell } from '../limit/pump.ts'
import { BareAsker, bareEcho, BareSink, BareSource, role } from './bare-roles.ts'
import { openLink } from './bare-ends.ts'
import { grind, grindJobs } from './grind.ts'
import type { Behaviour } from '../limit/cell.ts'
import type { BareEnd } from './bare-ends.ts'
import type { Link } from './link.ts'
import type { Role } from './bare-roles.ts'
import type { PayloadName } from './payload.ts'

/** What the main thread asks for; each is answered once, when it is done. Threads are named by their numbers, the main one is 0. */
export type Order =
  | { readonly name: 'connect'; readonly thread: number; readonly end: BareEnd }
  | { readonly name: 'sink'; readonly from: number; readonly payload: PayloadName; readonly messages: number }
  | { readonly name: 'source'; readonly to: number; readonly payload: PayloadName; readonly messages: number }
  | { readonly name: 'ask'; readonly to: number; readonly places: number; readonly asks: number }
  | { readonly name: 'grind' }
  | { readonly name: 'answer' }
  | { readonly name: 'crash' }

/** With the number that the order was given. */
export interface Numbered<T> {
  readonly number: number
  readonly value: T
}

if (parentPort === null) throw new Error('start this file as a worker')
const port = parentPort
const links: Link[] = []
const roles: Role[] = []
roles[role.echo] = bareEcho

port.on('message', ({ number, value }: Numbered<Order>) => {
  void obey(value).then((answer) => port.postMessage({ number, value: answer } satisfies Numbered<unknown>))
})

async function obey(order: Order): Promise<unknown> {
  switch (order.name) {
    case 'connect':
      return connect(order.thread, order.end)
    case 'sink': {
      const sink = new BareSink(order.payload, order.messages, [linkTo(order.from)])
      roles[role.sink] = sink
      return sink.counted()
    }
    case 'source': {
      const source = new BareSource(order.payload, order.messages, linkTo(order.to))
      roles[role.source] = source
      return source.start()
    }
    case 'ask': {
      const asker = new BareAsker(linkTo(order.to))
      roles[role.asker] = asker
      return asker.run(order.places, order.asks)
    }
    case 'grind':
      return new Promise<number>((done) => {
        tell(new Cell(new Grinder(done)), grindJobs)
      })
    case 'answer':
      return undefined
    case 'crash':
      return process.exit(1)
  }
}

function connect(thread: number, end: BareEnd): void {
  const link = openLink(end)
  links[thread] = link
  link.listen((to, kind, payload) => roles[to]?.hear(kind, payload, link))
}

function linkTo(thread: number): Link {
  const link = links[thread]
  if (link === undefined) throw new Error(`there is no link to thread ${thread}`)
  return link
}

class Grinder implements Behaviour {
  readonly #done: (value: number) => void
  #value = 1

  constructor(done: (value: number) => void) {
    this.#done = done
  }

  receive(left: number, cell: Cell): void {
    this.#value = grind(this.#value)
    if (left > 1) tell(cell, left - 1)
    else this.#done(this.#value)
  }
}
