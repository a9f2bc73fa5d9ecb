// Compile-time tests of `self` and of the test kit: children, timers, watches, probes. Checked by tsc, never run.
import { defineActor, defineSupervisor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { account, ponger } from './definition.test-d.ts'
import type { Ref, RefOf } from 'troupe'
import type { Probe, ProbeMessage, TestNode } from 'troupe/testing'

export const parent = defineActor('parent', {
  state: () => ({ child: undefined as RefOf<typeof account> | undefined, others: [] as Ref[] }),
  started(self) {
    self.state.child = self.spawn(account, 'child', 'Ada')
    self.state.child.tell('deposit', 5)
    self.watch(self.state.child)
    // @ts-expect-error the owner is missing
    self.spawn(account, 'child')
    // @ts-expect-error the amount is a number
    self.state.child.tell('deposit', '5')
  },
  on: {
    async grow(self) {
      const pong = await self.start(ponger, { restart: 'temporary' })
      self.state.others.push(pong)
      const said: 'pong' = await pong.ask('ping')
      return said
    },
    time(self, ms: number) {
      self.after(ms, 'time', ms, { key: 'a' })
      self.every(ms, 'grow')
      const had: boolean = self.cancel('a')
      // @ts-expect-error the delay is a number
      self.after('soon', 'grow')
      return had
    },
    aside(self) {
      self.stash()
      self.unstash()
      self.become()
      self.become('other')
      self.stop(self.children[0])
      const drawn: number = self.random() + self.now()
      // @ts-expect-error the path is given by the runtime
      self.path = 'other'
      return drawn
    },
  },
  behaviours: { other: {} },
})

export const bank = defineSupervisor('bank', {
  children: [{ actor: ponger, name: 'pong' }],
})

const node: TestNode = await startTestNode({ seed: 'a', name: 'types', strict: false })
const probe: Probe = node.probe()
probe.ref.tell('anything', 1)
const some: ProbeMessage = await probe.expectMessage()
some.reply(5)
await probe.expectMessage('anything', { of: 'any shape' }, { withinMs: 10 })
await probe.expectNoMessage({ withinMs: 10 })
await probe.expectDown(probe.ref, 'killed', { withinMs: 10 })
// @ts-expect-error there is no such cause
await probe.expectDown(probe.ref, 'murdered')
// @ts-expect-error nothing to expect it of
await probe.expectDown()

const teller = node.probe(account, 'bank/teller')
export const asAccount: RefOf<typeof account> = teller.ref
const deposit = await teller.expectMessage('deposit', 5)
export const amount: number = deposit.payload
export const name: 'deposit' = deposit.name
deposit.reply(5)
// @ts-expect-error the reply is a number
deposit.reply('five')
// @ts-expect-error the amount is a number
await teller.expectMessage('deposit', '5')
// @ts-expect-error there is no such message
await teller.expectMessage('withdraw')

// Typed refs may be given to whoever takes any ref.
export const taker = defineActor('taker', { on: { take: (self, ref: Ref) => self.watch(ref) } })
;(await node.spawn(taker)).tell('take', teller.ref)
