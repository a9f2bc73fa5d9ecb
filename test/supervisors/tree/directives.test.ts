// Directives in a running tree: what a supervisor does about one failure, by its code or its class.
import { expect, test } from 'vitest'
import { defineActor, Fault } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { at, endsOf, eventsOf, Family } from './family.ts'
import type { DirectiveRule, Ref } from 'troupe'
import type { TestNode } from 'troupe/testing'

class QuotaFault extends Fault {}

const fault = (code: string): Fault =>
  new Fault(code, 'Cannot go on: told so', { hint: 'Tell it otherwise.' })

/** What each message throws. */
const thrown: Record<string, () => unknown> = {
  fault: () => fault('sale-closed'),
  quota: () => new QuotaFault('quota-full', 'Cannot go on: told so', { hint: 'Wait.' }),
  type: () => new TypeError('no'),
  error: () => new Error('no'),
  text: () => 'just text',
  nothing: () => undefined,
}

const thrower = defineActor('thrower', {
  state: () => ({ count: 0 }),
  on: {
    throw(self, what: string) {
      self.state.count++
      throw thrown[what]?.()
    },
    async throwLate(self, what: string) {
      self.state.count++
      await Promise.resolve()
      throw thrown[what]?.()
    },
    count: (self) => self.state.count,
  },
})

async function spawnThrower(node: TestNode, directives: readonly DirectiveRule[]): Promise<Ref> {
  const parent = defineActor('parent', {
    supervision: { directives },
    on: {},
    started(self) {
      self.spawn(thrower, 'c')
      self.spawn(new Family().member(), 'sibling')
    },
  })
  await node.spawn(parent, { name: 'p', restart: 'temporary' })
  return at(node, 'p/c')
}

/** What became of the child and its parent. */
async function fate(directives: readonly DirectiveRule[], what: string, message: string): Promise<string> {
  await using node = await startTestNode()
  const ref = await spawnThrower(node, directives)
  const ends = endsOf(node, 'p', 'p/c', 'p/sibling')
  ref.tell(message, what)
  await node.settle()
  if (Object.keys(ends).length > 0) {
    return Object.entries(ends)
      .map(([path, end]) => `${path} ${end}`)
      .join(', ')
  }
  return (await ref.ask('count')) === 1 ? 'resume' : 'restart'
}

const rules: readonly DirectiveRule[] = [
  { code: 'sale-closed', directive: 'restart' },
  { code: 'quota-full', error: QuotaFault, directive: 'stop' },
  { error: TypeError, directive: 'escalate' },
]

const escalated = 'p/c failed handler-failed, p/sibling stopped, p failed handler-failed'
const expectations: [what: string, without: string, withRules: string][] = [
  ['fault', 'resume', 'restart'],
  ['quota', 'resume', 'p/c failed quota-full'],
  ['type', 'restart', escalated],
  ['error', 'restart', 'restart'],
  ['text', 'restart', 'restart'],
  ['nothing', 'restart', 'restart'],
]

for (const message of ['throw', 'throwLate']) {
  for (const [what, without, withRules] of expectations) {
    test(`${message} ${what}: ${without} without rules, with them ${withRules}`, async () => {
      expect(await fate([], what, message)).toBe(without)
      expect(await fate(rules, what, message)).toBe(withRules)
    })
  }
}

test('every error can be resumed, and then spends no restart', async () => {
  await using node = await startTestNode()
  const ref = await spawnThrower(node, [{ error: Error, directive: 'resume' }])
  for (let i = 0; i < 20; i++) ref.tell('throw', 'error')
  expect(await ref.ask('count')).toBe(20)
  expect(node.audit().deadLetters).toEqual({ 'handler-failed': 20 })
})

test('a Fault by default answers the asker, and is a dead letter with its code for a tell', async () => {
  await using node = await startTestNode()
  const ref = await spawnThrower(node, [])
  await expect(ref.ask('throw', 'fault')).rejects.toMatchObject({ code: 'sale-closed' })
  ref.tell('throw', 'fault')
  await node.settle()
  expect(node.runtime.host.deadLetters.list().map((letter) => letter.fault?.code)).toEqual(['sale-closed'])
  expect(node.audit()).toMatchObject({ handled: 1, dead: 1 })
})

test('the asker of a failure that restarts, stops or escalates is told of it', async () => {
  for (const directive of ['restart', 'stop', 'escalate'] as const) {
    await using node = await startTestNode()
    const ref = await spawnThrower(node, [{ code: 'sale-closed', directive }])
    await expect(ref.ask('throw', 'fault')).rejects.toMatchObject({ code: 'sale-closed' })
  }
})

test('directives are the parent’s: the guardian has none, and an escalation there restarts the root', async () => {
  await using node = await startTestNode()
  const parent = defineActor('parent', {
    supervision: { directives: [{ error: Error, directive: 'escalate' }] },
    on: {},
    started: (self) => void self.spawn(thrower, 'c'),
  })
  await node.spawn(parent, 'p')
  const events = eventsOf(node)
  at(node, 'p/c').tell('throw', 'error')
  await node.settle()
  expect(events.take()).toBe(
    'failed p/c, escalated p, failed p, stopped p/c, restarted p, spawned p/c, started p',
  )
})

test('an escalated failure meets the directives of the next level, as the fault it has become', async () => {
  await using node = await startTestNode()
  const low = defineActor('low', {
    supervision: { directives: [{ code: 'sale-closed', directive: 'escalate' }] },
    on: {},
    started: (self) => void self.spawn(thrower, 'c'),
  })
  const high = defineActor('high', {
    supervision: { directives: [{ code: 'sale-closed', directive: 'stop' }] },
    on: {},
    started: (self) => void self.spawn(low, 'low'),
  })
  await node.spawn(high, 'high')
  const ends = endsOf(node, 'high', 'high/low', 'high/low/c')
  at(node, 'high/low/c').tell('throw', 'fault')
  await node.settle()
  expect(ends).toEqual({ 'high/low/c': 'failed sale-closed', 'high/low': 'failed sale-closed' })
})

test('an escalation that the next level would resume is a restart there', async () => {
  await using node = await startTestNode()
  const low = defineActor('low', {
    supervision: { directives: [{ code: 'sale-closed', directive: 'escalate' }] },
    on: {},
    started: (self) => void self.spawn(thrower, 'c'),
  })
  await node.spawn(low, 'low')
  at(node, 'low/c').tell('throw', 'fault')
  await node.settle()
  expect(node.runtime.cellAt('low')?.rareIfAny?.restarts).toBe(1)
})
