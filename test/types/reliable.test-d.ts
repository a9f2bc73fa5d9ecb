// The types of reliable messages: who is sent what, with which key, and when; wrong uses do not compile. Checked by tsc, never run.
import { defineActor } from 'troupe'
import type { RefOf } from 'troupe'

export const shop = defineActor('shop', {
  state: () => ({ orders: 0 }),
  durable: 'state',
  on: {
    order: (self, what: string) => `${what} ${self.state.orders}`,
    close() {},
  },
})

export const customer = defineActor('customer', {
  state: (at: RefOf<typeof shop>) => ({ at }),
  durable: 'state',
  on: {
    async buy(self) {
      const { at } = self.state
      at.tell('order', 'tea', { reliable: true })
      at.tell('close', undefined, { reliable: true })
      const said: string = await at.ask('order', 'tea', { idempotencyKey: 'cart 17', timeoutMs: 100 })
      // @ts-expect-error what is ordered is a text
      at.tell('order', 5, { reliable: true })
      // @ts-expect-error it is reliable or not
      at.tell('order', 'tea', { reliable: 'yes' })
      // @ts-expect-error a key is a text
      await at.ask('order', 'tea', { idempotencyKey: 17 })
      // @ts-expect-error nobody answers an offer
      await at.offer('order', 'tea', { idempotencyKey: 'cart 17' })
      return said
    },
    later(self) {
      self.after(1_000, 'buy', undefined, { durable: true, catchUp: 'each' })
      self.every(1_000, 'buy', undefined, { key: 'daily', durable: true })
      // @ts-expect-error there is no such way to catch up
      self.after(1_000, 'buy', undefined, { durable: true, catchUp: 'twice' })
    },
  },
})
