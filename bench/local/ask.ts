// The workloads `ask1` and `ask64`: a program asks an actor, one question after the other, or from 64 places at once.
import { defineActor, startNode } from 'troupe'
import { Cell } from '../limit/cell.ts'
import { tell as put } from '../limit/pump.ts'
import { perSecond } from '../workload.ts'
import type { Behaviour } from '../limit/cell.ts'
import type { Repetition, Workload } from '../workload.ts'

/** Asks of one repetition; a whole number for each of the 64 places. */
const asks = 64 * 6_250

export const ask1: Workload = { troupe: () => troupe('ask1/ask', 1), limit: () => limit('ask1/ask', 1) }
export const ask64: Workload = { troupe: () => troupe('ask64/ask', 64), limit: () => limit('ask64/ask', 64) }

async function troupe(figure: string, places: number): Promise<Repetition> {
  const echo = defineActor('echo', {
    on: {
      echo(_self, value: number) {
        return value
      },
    },
  })
  const node = await startNode()
  const ref = await node.spawn(echo)
  return () => timed(figure, places, (value) => ref.ask('echo', value))
}

async function limit(figure: string, places: number): Promise<Repetition> {
  const cell = new Cell(new BareEcho())
  const ask = (value: number): Promise<number> =>
    new Promise((reply) => {
      put(cell, { value, reply })
    })
  return () => timed(figure, places, ask)
}

async function timed(
  figure: string,
  places: number,
  ask: (value: number) => Promise<number>,
): Promise<Record<string, number>> {
  const startMs = performance.now()
  const place = async (): Promise<void> => {
    for (let value = 0; value < asks / places; value++) {
      if ((await ask(value)) !== value) throw new Error(`asked for ${value} and got something else`)
    }
  }
  await Promise.all(Array.from({ length: places }, place))
  return { [figure]: perSecond(asks, startMs) }
}

class BareEcho implements Behaviour {
  receive(message: { readonly value: number; readonly reply: (value: number) => void }): void {
    message.reply(message.value)
  }
}
