// Compile-time tests of events and projections: the state is known to the handlers, a payload only to whom names its type. Checked by tsc, never run.
import { startTestNode } from 'troupe/testing'
import { account } from './definition.test-d.ts'
import type { Projection, RecordedEvent } from 'troupe'

const node = await startTestNode()

export const totals: Projection<{ sum: number }> = await node.project({
  name: 'totals',
  definition: account,
  tags: ['money'],
  state: () => ({ sum: 0 }),
  on: {
    deposited(state, event: RecordedEvent<number>) {
      state.sum += event.payload
      // @ts-expect-error the state has no such part
      state.total = 0
    },
    async opened(state, { payload, position }) {
      state.sum += position
      // @ts-expect-error nobody has said what the payload is
      state.sum = payload
    },
  },
})

// @ts-expect-error the state is what `state` has made
const text: string = totals.state.sum
// @ts-expect-error there is no such place to begin
await node.project({ name: 'totals', from: 'here', state: () => 0, on: {} })
// @ts-expect-error a projection has a name
await node.project({ state: () => 0, on: {} })

for await (const { position, payload } of node.events({ actor: 'bank/*', live: true })) {
  const at: number = position
  // @ts-expect-error nobody has said what the payload is
  const amount: number = payload
  console.log(at, amount, text)
}
