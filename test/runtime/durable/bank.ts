// A bank: the durable actors that the tests of reliable messages work with.
import { defineActor, Fault } from '../../../index.ts'
import type { Ref } from '../../../index.ts'

/** One transfer. */
export interface Transfer {
  readonly id: string
  readonly from: string
  readonly amount: number
  /** How often the receiver's handler fails before it succeeds. */
  readonly failures?: number
  readonly how?: 'early' | 'late' | 'refused' | 'none'
}

export interface Sending {
  readonly to: Ref<Teller>
  readonly id: string
  readonly amount: number
  readonly failures?: number
  readonly how?: Transfer['how']
}

export interface Teller extends Record<string, (payload: never) => unknown> {
  credit(transfer: Transfer): void
}

/** How often each transfer was tried, over all lives. */
export const tried = new Map<string, number>()

function attempt(id: string): number {
  const count = (tried.get(id) ?? 0) + 1
  tried.set(id, count)
  return count
}

export const teller = defineActor('teller', {
  state: () => ({ balance: 100, log: [] as string[] }),
  events: {
    sent(state, { id, amount }: { readonly id: string; readonly amount: number }) {
      state.balance -= amount
      state.log.push(`-${id}`)
    },
    received(state, { id, amount }: { readonly id: string; readonly amount: number }) {
      state.balance += amount
      state.log.push(`+${id}`)
    },
  },
  on: {
    async transfer(self, { to, id, amount, failures, how }: Sending) {
      to.tell(
        'credit',
        { id, from: self.path, amount, failures: failures ?? 0, how: how ?? 'late' },
        { reliable: true },
      )
      await self.persist('sent', { id, amount })
    },
    /** Nothing is persisted beside the letters. */
    notify(self, { to, ids }: { readonly to: Ref<Teller>; readonly ids: readonly string[] }) {
      for (const id of ids) to.tell('credit', { id, from: self.path, amount: 0 }, { reliable: true })
    },
    /** Each with a record of its own, both on their way at once. */
    async transferBoth(self, { to, ids }: { readonly to: Ref<Teller>; readonly ids: readonly string[] }) {
      const kept = ids.map((id) => {
        to.tell('credit', { id, from: self.path, amount: 1 }, { reliable: true })
        return self.persist('sent', { id, amount: 1 })
      })
      await Promise.all(kept)
    },
    transferAndFail(self, { to, id, amount }: Sending) {
      to.tell('credit', { id, from: self.path, amount }, { reliable: true })
      throw new Error('after all not')
    },
    async credit(self, { id, amount, failures = 0, how = 'late' }: Transfer) {
      const count = attempt(id)
      if (how === 'refused')
        throw new Fault('credit-refused', 'Cannot credit it: it is refused', { hint: 'Do not.' })
      if (how === 'early' && count <= failures) throw new Error('before the commit')
      if (how !== 'none') await self.persist('received', { id, amount })
      if (how === 'late' && count <= failures) throw new Error('behind the commit')
    },
    balance: (self) => self.state.balance,
    log: (self) => self.state.log,
  },
})

/** Keeps its state. */
export const saver = defineActor('saver', {
  state: () => ({ balance: 100, log: [] as string[] }),
  durable: 'state',
  on: {
    credit(self, { id, amount }: Transfer) {
      self.state.balance += amount
      self.state.log.push(`+${id}`)
    },
    transfer(self, { to, id, amount }: Sending) {
      self.state.balance -= amount
      self.state.log.push(`-${id}`)
      to.tell('credit', { id, from: self.path, amount }, { reliable: true })
    },
    balance: (self) => self.state.balance,
    log: (self) => self.state.log,
  },
})

/** Forgets. */
export const listener = defineActor('listener', {
  state: () => ({ log: [] as string[] }),
  on: {
    credit(self, { id, failures = 0, how }: Transfer) {
      const count = attempt(id)
      if (how === 'refused')
        throw new Fault('credit-refused', 'Cannot credit it: it is refused', { hint: 'Do not.' })
      if (count <= failures) throw new Error('not yet')
      self.state.log.push(id)
    },
    log: (self) => self.state.log,
  },
})
