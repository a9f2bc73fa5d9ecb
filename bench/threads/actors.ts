// The actors of the suite `threads`; each thread of a node loads them from here.
import { defineActor } from 'troupe'
import { grind } from './grind.ts'
import { measureAsks } from './latencies.ts'
import { payloads } from './payload.ts'
import type { Ref } from 'troupe'
import type { Entry } from './ballast.ts'
import type { AskFigures } from './latencies.ts'
import type { PayloadName } from './payload.ts'

/** Lives in the main thread and hears when a job is done; clerk.ts has it. */
export type ClerkProtocol = { done(value: number): void }
export type SourceProtocol = { start(job: SourceJob): void; credit(): void }
export type SinkProtocol = { begin(job: SinkJob): void; take(payload: unknown): void }

export interface SourceJob {
  readonly payload: PayloadName
  readonly messages: number
  readonly sink: Ref<SinkProtocol>
}

export interface SinkJob {
  readonly payload: PayloadName
  /** From all sources together. */
  readonly messages: number
  readonly sources: readonly Ref<SourceProtocol>[]
  /** Is told the sum of all that was read. */
  readonly clerk: Ref<ClerkProtocol>
}

/** Sends two shares at once, and another for each credit. */
export const source = defineActor('source', {
  state: () => ({ sent: 0, job: undefined as SourceJob | undefined }),
  on: {
    start({ state }, job: SourceJob) {
      state.job = job
      state.sent = 0
      sendShare(state, job)
      sendShare(state, job)
    },
    credit({ state }) {
      if (state.job !== undefined) sendShare(state, state.job)
    },
  },
})

function sendShare(state: { sent: number }, { payload, messages, sink: to }: SourceJob): void {
  const { make, creditMessages } = payloads[payload]
  const end = Math.min(messages, state.sent + creditMessages)
  for (let index = state.sent; index < end; index++) to.tell('take', make(index))
  state.sent = end
}

/** Counts what comes from its sources, and gives all of them credit at a time. */
export const sink = defineActor('sink', {
  state: () => ({
    left: 0,
    untilCredit: 0,
    sum: 0,
    read: readNothing,
    job: undefined as SinkJob | undefined,
  }),
  on: {
    begin({ state }, job: SinkJob) {
      state.job = job
      state.left = job.messages
      state.untilCredit = payloads[job.payload].creditMessages * job.sources.length
      state.sum = 0
      state.read = payloads[job.payload].read
    },
    take({ state }, payload: unknown) {
      // The sources make what this reads.
      state.sum += state.read(payload as never)
      state.left--
      state.untilCredit--
      if (state.job === undefined || (state.left > 0 && state.untilCredit > 0)) return
      const { clerk, sources, payload: name } = state.job
      if (state.left === 0) clerk.tell('done', state.sum)
      if (state.untilCredit > 0) return
      state.untilCredit = payloads[name].creditMessages * sources.length
      for (const one of sources) one.tell('credit')
    },
  },
})

function readNothing(_payload: never): number {
  return 0
}

export const echo = defineActor('echo', {
  on: {
    echo(_self, payload: unknown) {
      return payload
    },
  },
})

export type EchoProtocol = { echo(payload: unknown): unknown }

export interface AskJob {
  readonly echo: Ref<EchoProtocol>
  readonly places: number
  readonly asks: number
}

/** Asks from its own thread, and measures there. */
export const asker = defineActor('asker', {
  on: {
    run(_self, job: AskJob): Promise<AskFigures> {
      return measureAsks(job.asks, job.places, (_place, question) => job.echo.ask('echo', question))
    },
  },
})

export interface GrindJob {
  readonly left: number
  readonly clerk: Ref<ClerkProtocol>
}

/** Does one job for each message, and tells itself to go on. */
export const grinder = defineActor('grinder', {
  state: () => ({ value: 1 }),
  on: {
    grind(self, job: GrindJob) {
      self.state.value = grind(self.state.value)
      if (job.left > 1) self.ref.tell('grind', { left: job.left - 1, clerk: job.clerk })
      else job.clerk.tell('done', self.state.value)
    },
  },
})

/** Has a state of some size, and answers at once. */
export const traveller = defineActor('traveller', {
  state: (ballast: readonly Entry[]) => ({ ballast, calls: 0 }),
  on: {
    call({ state }) {
      return ++state.calls
    },
  },
})

/** Brings down the thread that it is in. */
export const saboteur = defineActor('saboteur', {
  on: {
    block() {
      for (;;) grind(1)
    },
    crash() {
      process.exit(1)
    },
  },
})
