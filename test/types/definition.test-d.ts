// Compile-time tests of definitions: what a handler table may say, and what is inferred from it. Checked by tsc, never run.
import { defineActor } from 'troupe'
import type { Definition, DefinitionProtocol, Exit, Ref, Self } from 'troupe'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
/** Compiles only for `true`. */
function holds<T extends true>(): T | undefined {
  return undefined
}

export const account = defineActor('account', {
  state: (owner: string, limit: number = 0) => ({ owner, limit, balance: 0 }),
  started(self) {
    holds<Equal<typeof self.state, { owner: string; limit: number; balance: number }>>()
    self.log.info('opened', { by: self.state.owner })
  },
  stopping(self, exit) {
    holds<Equal<typeof exit, Exit>>()
    self.state.balance = 0
  },
  down(self, ref, exit) {
    self.unwatch(ref)
    return exit.cause === 'failed' ? Promise.resolve() : undefined
  },
  on: {
    async deposit(self, amount: number) {
      self.state.balance += amount
      return self.state.balance
    },
    balance(self) {
      holds<Equal<typeof self.state.balance, number>>()
      return self.state.balance
    },
    add(self, by: number = 1) {
      self.state.balance += by
    },
    rename(self, to: { owner: string; since?: Date }) {
      self.state.owner = to.owner
    },
    audit: (self: Self<{ owner: string; limit: number; balance: number }>) => self.state.owner,
  },
})

type Account = typeof account
holds<Equal<Account extends Definition ? true : false, true>>()

// The protocol: payloads without self, replies awaited, defaults optional.
type Messages = DefinitionProtocol<NonNullable<Account['spec']['on']>, unknown>
holds<Equal<Parameters<Messages['deposit']>, [amount: number]>>()
holds<Equal<ReturnType<Messages['deposit']>, number>>()
holds<Equal<Parameters<Messages['balance']>, []>>()
holds<Equal<Parameters<Messages['add']>, [by?: number | undefined]>>()
holds<Equal<ReturnType<Messages['add']>, void>>()

// A definition without state, and one of every option.
export const ponger = defineActor('ponger', { on: { ping: () => 'pong' as const } })
export const full = defineActor('full', {
  version: 2,
  state: () => [] as string[],
  on: { push: (self, item: string) => void self.state.push(item) },
  mailbox: { messagesMax: 10, overflow: 'drop-oldest' },
  triesMax: 3,
  moves: false,
  supervision: { strategy: 'one-for-all', directives: [{ error: TypeError, directive: 'stop' }] },
  child: { restart: 'permanent', backoff: { minMs: 10 } },
})
export const all: Definition[] = [account, ponger, full]

export const door = defineActor('door', {
  state: () => ({ count: 0 }),
  on: {
    open(self, who: string) {
      self.become('opened')
      return who
    },
  },
  behaviours: {
    opened: {
      close(self) {
        self.become()
        return self.state.count
      },
      open: (_self, who: string) => who,
    },
    locked: { unlock: (self, code: number) => code + self.state.count },
  },
})

// Refs travel in payloads and state.
export const courier = defineActor('courier', {
  state: (home: Ref) => ({ home, stops: new Map<string, Ref>() }),
  on: {
    visit(self, to: Ref<{ greet(name: string): string }>) {
      self.state.home.tell('left')
      return to.ask('greet', 'courier')
    },
  },
})

defineActor('wrong', {
  state: () => ({ count: 0 }),
  on: {
    missing(self) {
      // @ts-expect-error the state has no such property
      return self.state.cuont
    },
    mistyped(self) {
      // @ts-expect-error the count is a number
      self.state.count = 'three'
    },
  },
})

defineActor('wrong', {
  state: () => ({ count: 0 }),
  on: {},
  behaviours: {
    other: {
      // @ts-expect-error behaviours share the state
      missing: (self) => self.state.cuont,
    },
  },
})

// @ts-expect-error there is no definition without a handler table
defineActor('wrong', { state: () => 1 })
// @ts-expect-error a handler is a function
defineActor('wrong', { on: { ping: 'pong' } })
// @ts-expect-error the name comes first
defineActor({ on: {} })
// @ts-expect-error there is no such policy
defineActor('wrong', { on: {}, mailbox: { overflow: 'drop-all' } })
// @ts-expect-error there is no such directive
defineActor('wrong', { on: {}, supervision: { directives: [{ directive: 'ignore' }] } })
// @ts-expect-error there is no such restart type
defineActor('wrong', { on: {}, child: { restart: 'always' } })
// @ts-expect-error a payload is one value
defineActor('wrong', { on: { two: (_self, _a: number, _b: number) => 0 } })
// @ts-expect-error there is no such option
defineActor('wrong', { on: {}, stoping: () => undefined })
