// A cast: actors for tests of the console, among them some that behave badly.
import { defineActor, Fault } from 'troupe'
import type { Ref } from 'troupe'
import type { StandardSchemaV1 } from '@standard-schema/spec'

/** Takes a deposit of a positive amount, and completes its currency. */
const deposit: StandardSchemaV1 = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate(value) {
      const { amount, currency } = Object(value) as { readonly amount?: unknown; readonly currency?: unknown }
      if (typeof amount !== 'number')
        return { issues: [{ message: 'a number is expected', path: ['amount'] }] }
      if (amount <= 0)
        return {
          issues: [{ message: 'must be positive', path: [{ key: 'amount' }] }, { message: 'looks odd' }],
        }
      return { value: { amount, currency: currency ?? 'EUR' } }
    },
  },
}

const failing: StandardSchemaV1 = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate() {
      throw new Error('the schema is broken')
    },
  },
}

const endless: StandardSchemaV1 = {
  '~standard': { version: 1, vendor: 'test', validate: () => new Promise(() => {}) },
}

export const account = defineActor('account', {
  state: (owner: string = 'nobody') => ({ owner, balance: 0, currency: '' }),
  accepts: { deposit, broken: failing, endless },
  on: {
    deposit(self, { amount, currency }: { amount: number; currency: string }) {
      self.state.balance += amount
      self.state.currency = currency
    },
    balance: (self) => self.state.balance,
    broken() {},
    endless() {},
  },
})

export const keeper = defineActor('keeper', {
  state: () => ({
    kept: undefined as unknown,
    byName: new Map<string, unknown>([['ada', { age: 36 }]]),
    get trap(): never {
      throw new Error('a getter was run')
    },
  }),
  on: {
    keep(self, value: unknown) {
      self.state.kept = value
    },
    kept: (self) => self.state.kept,
    nothing() {},
    own: (self) => self.ref,
    fault: () => new Fault('kept-badly', 'Cannot keep', { hint: 'Keep less.' }),
  },
})

export const sleeper = defineActor('sleeper', {
  on: {
    forever: () => new Promise(() => {}),
    wake: () => 'awake',
    open(self) {
      self.become('opened')
    },
    later(self) {
      self.every(1_000, 'wake')
    },
  },
  behaviours: { opened: { stash: (self) => self.stash() } },
})

export const narrow = defineActor('narrow', {
  mailbox: { messagesMax: 2 },
  on: { take() {}, forever: () => new Promise(() => {}) },
})

export const shaky = defineActor('shaky', {
  child: { backoff: { minMs: 10_000, maxMs: 60_000, factor: 2, jitter: 0, resetAfterMs: 1_000 } },
  on: {
    crash() {
      throw new Error('shaken')
    },
  },
})

export const family = defineActor('family', {
  state: (children: number = 3) => ({ children }),
  started(self) {
    for (let n = 1; n <= self.state.children; n++) self.spawn(keeper, `child-${n}`)
  },
  on: {
    say(self, line: string) {
      self.log.info(line, { loud: true })
    },
    forward(_self, [path, message]: [Ref, string]) {
      path.tell(message)
    },
    more(self, count: number) {
      for (let n = 0; n < count; n++) self.spawn(keeper)
      return self.children.length
    },
  },
})

/** Marks that turn the line round, ring the bell and look like a command to a terminal. */
export const hostileText = '\u001B[31m\u202Eevil\u0007\n<b>'

export const villain = defineActor('villain', {
  on: {
    throwText() {
      throw hostileText
    },
    throwFault() {
      throw new Fault('villain-caught', `Cannot ${hostileText}`, { hint: hostileText })
    },
    reject: () => Promise.reject(null),
    bomb: () => ({
      // A thenable that ends twice and then throws.
      then(resolve: (value: unknown) => void) {
        resolve('first')
        resolve('second')
        throw new Error('third')
      },
    }),
    reply: () => hostileText,
    unencodable: () => () => {},
    log(self) {
      self.log.error(hostileText)
    },
  },
})

export const stillborn = defineActor('stillborn', {
  state(): never {
    throw new Error('no state today')
  },
  on: {},
})
