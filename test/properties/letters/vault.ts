// A vault: a durable actor that sends parts of its balance to others, writes down what it does, and fails now and then.
import { defineActor } from '../../../index.ts'
import type { Ref } from '../../../index.ts'

export interface Payment {
  readonly id: string
  readonly from: string
  readonly amount: number
  /** How often its handler fails: before it has written anything, and behind that. */
  readonly early: number
  readonly late: number
}

export interface Order {
  readonly to: Ref
  readonly id: string
  readonly amount: number
  readonly early: number
  readonly late: number
}

export interface Entry {
  readonly id: string
  /** To whom, or from whom. */
  readonly other: string
  readonly amount: number
}

export interface VaultState {
  balance: number
  sent: Entry[]
  received: Entry[]
}

/** How often each payment was tried, in the one process of a test. */
export const tries: Map<string, number> = new Map()

function attempt(id: string): number {
  const count = (tries.get(id) ?? 0) + 1
  tries.set(id, count)
  return count
}

const state = (): VaultState => ({ balance: 1_000, sent: [], received: [] })

function pay(one: VaultState, entry: Entry): void {
  one.balance -= entry.amount
  one.sent.push(entry)
}

function take(one: VaultState, entry: Entry): void {
  one.balance += entry.amount
  one.received.push(entry)
}

const entryOf = ({ id, from, amount }: Payment): Entry => ({ id, other: from, amount })

function send(path: string, { to, id, amount, early, late }: Order): void {
  to.tell('credit', { id, from: path, amount, early, late }, { reliable: true })
}

/** Has events. */
export const vault = defineActor('vault', {
  state,
  events: {
    paid: (one: VaultState, entry: Entry) => pay(one, entry),
    took: (one: VaultState, entry: Entry) => take(one, entry),
  },
  snapshots: { every: 5 },
  child: { restart: 'permanent' },
  on: {
    /** One record for all of them, or one for each. */
    async order(self, orders: readonly Order[]) {
      for (const order of orders) {
        send(self.path, order)
        const entry = { id: order.id, other: order.to.path, amount: order.amount }
        // One that does not give up at once.
        await self.persist('paid', entry).catch(() => self.persist('paid', entry))
      }
    },
    async credit(self, payment: Payment) {
      const count = attempt(payment.id)
      if (count <= payment.early) throw new Error('before')
      await self.persist('took', entryOf(payment)).catch(() => self.persist('took', entryOf(payment)))
      if (count <= payment.early + payment.late) throw new Error('behind')
    },
    state: (self) => self.state,
  },
})

/** Keeps its state. */
export const chest = defineActor('chest', {
  state,
  durable: 'state',
  child: { restart: 'permanent' },
  on: {
    order(self, orders: readonly Order[]) {
      for (const order of orders) {
        send(self.path, order)
        pay(self.state, { id: order.id, other: order.to.path, amount: order.amount })
      }
    },
    credit(self, payment: Payment) {
      if (attempt(payment.id) <= payment.early) throw new Error('before')
      take(self.state, entryOf(payment))
    },
    state: (self) => self.state,
  },
})
