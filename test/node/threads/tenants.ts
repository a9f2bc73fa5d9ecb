// Tenants: definitions that all threads of a test's node have loaded.
import { defineActor } from 'troupe'
import type { Exit, Ref } from 'troupe'

const doors = new Map<string, PromiseWithResolvers<void>>()

function door(name: string): PromiseWithResolvers<void> {
  const known = doors.get(name) ?? Promise.withResolvers<void>()
  doors.set(name, known)
  return known
}

function held(name: string): Promise<void> {
  return door(name).promise
}

/** Lets go who holds. */
export function letGo(name: string): void {
  door(name).resolve()
}

/** Lives with a tenant. */
export const lodger = defineActor('lodger', { on: { ping: () => 'pong' } })

/** Keeps what it is told, and says so. */
export const tenant = defineActor('tenant', {
  state: () => ({ notes: [] as unknown[] }),
  on: {
    note(self, payload: unknown) {
      self.state.notes.push(payload)
    },
    notes: (self) => self.state.notes,
    tellOn(_self, { to, count }: { to: Ref; count: number }) {
      for (let number = 0; number < count; number++) to.tell('note', number)
    },
    /** Tells now, and again after a while, wherever it lives then. */
    tellTwice(self, { to, afterMs }: { to: Ref; afterMs: number }) {
      to.tell('note', 'first')
      self.after(afterMs, 'tellLast', to)
    },
    tellLast(_self, to: Ref) {
      to.tell('note', 'last')
    },
    /** Tells one more, answers, and ends. */
    leave(self, to: Ref) {
      to.tell('note', 'farewell')
      self.stop()
      return 'bye'
    },
    async raise(self, name: string) {
      return await self.spawn(lodger, name)
    },
    watch(self, other: Ref) {
      self.watch(other)
    },
    /** Does not come to rest before the test lets go. */
    async hold(_self, until: string) {
      await held(until)
    },
  },
  down(self, { path }: Ref, exit: Exit) {
    self.state.notes.push({ path, cause: exit.cause })
  },
})

/** Stays where it is. */
export const settler = defineActor('settler', { moves: false, on: { ping: () => 'pong' } })

/** Has what is no data. */
export const keeper = defineActor('keeper', {
  state: () => ({ open: () => 'door' }),
  on: { ping: () => 'pong' },
})

/** Has what throws when it is looked at. */
export const trapper = defineActor('trapper', {
  state: () => ({
    get trap(): string {
      throw new Error('snap')
    },
  }),
  on: { ping: () => 'pong' },
})

/** Never starts. */
export const stillborn = defineActor('stillborn', {
  state: () => {
    throw new Error('no state')
  },
  on: {},
})

/** Its start never ends. */
export const slowStarter = defineActor('slow-starter', {
  async started() {
    await new Promise(() => undefined)
  },
  on: {},
})
