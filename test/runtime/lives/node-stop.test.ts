// The end of a node: whatever is in flight, everything ends, once, and nothing is left.
import { expect, test } from 'vitest'
import { defineActor, defineSupervisor, Node } from 'troupe'
import { seededRandom } from '../../../runtime/random.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { at, endsOf, Family } from '../../supervisors/tree/family.ts'
import type { Ref } from 'troupe'

const codeOf = (fault: { code: string }): string => fault.code
const never = (): Promise<never> => new Promise(() => undefined)
/** `done`, or the code of the fault. */
const outcome = (waiting: Promise<unknown>): Promise<string> => waiting.then(() => 'done', codeOf)

function start(): { node: Node; clock: ManualClock } {
  const clock = new ManualClock()
  return { node: new Node({}, { clock, random: seededRandom(1) }), clock }
}

/** What is left of a node: cells, names, timers, asks, alarms. */
function remains(node: Node, clock: ManualClock): number[] {
  const { host } = node.runtime
  return [host.totals.actors, host.registry.count, host.timers.count, host.asks.waiting, clock.pendingAlarms]
}

test('roots end in reverse order of their spawning', async () => {
  const { node } = start()
  const family = new Family()
  for (const name of ['a', 'b', 'c']) await node.spawn(family.member(), name)
  await node.stop()
  expect(family.news()).toBe('+a +b +c -c stopped -b stopped -a stopped')
})

test('with everything in flight the node ends, every ask ends, and nothing is left', async () => {
  const { node, clock } = start()
  const family = new Family()
  const backoff = { minMs: 60_000, maxMs: 60_000 }
  const roots = {
    idle: family.member(),
    busy: family.member(),
    waiting: family.member({ stops: never }),
    backingOff: family.member({ child: { backoff } }),
    halting: family.member({ stops: never }),
    ticking: defineActor('ticking', {
      on: { tick: () => undefined },
      started: (self) => self.every(10, 'tick'),
    }),
  }
  for (const [name, definition] of Object.entries(roots)) await node.spawn(definition as never, name)
  const starting = node.spawn(family.member({ starts: never }), 'starting').catch(codeOf)
  await clock.settle()
  const ask = (path: string, name: string): Promise<string> =>
    outcome(at(node, path).ask(name, undefined, { timeoutMs: 600_000 }))
  const asks = [ask('busy', 'hang'), ask('busy', 'value'), ask('starting', 'value'), ask('idle', 'value')]
  at(node, 'backingOff').tell('fail', 'now')
  at(node, 'halting').tell('fail', 'now')
  await clock.settle()
  asks.push(ask('backingOff', 'value'))
  const ends = endsOf(node, ...Object.keys(roots), 'starting')
  const stopped = node.stop()
  const stoppedAgain = node.stop()
  await clock.advance(30_000)
  await Promise.all([stopped, stoppedAgain])
  expect(await Promise.all(asks)).toEqual([
    'handler-abandoned',
    'actor-killed',
    'actor-killed',
    'done',
    'actor-stopped',
  ])
  expect(await starting).toBe('start-abandoned')
  expect(ends).toEqual({
    idle: 'stopped',
    busy: 'killed',
    waiting: 'killed',
    backingOff: 'stopped',
    halting: 'stopped',
    ticking: 'stopped',
    starting: 'killed',
  })
  expect(remains(node, clock)).toEqual([0, 0, 0, 0, 0])
  expect(node.audit().differences).toEqual([])
})

test('no timer of the runtime is left at the moment the last actor has gone', async () => {
  const { node, clock } = start()
  const family = new Family()
  const supervision = { strategy: 'one-for-all' } as const
  const parent = family.member({
    supervision,
    starts: (self) =>
      void ['a', 'b'].forEach((name) => self.spawn(family.member(), { name, backoff: { minMs: 9_000 } })),
  })
  await node.spawn(parent, 'p')
  at(node, 'p/b').tell('fail', 'now')
  await clock.settle()
  let left = -1
  const { guardian, host } = node.runtime
  guardian.rare.whenEnded = [() => void (left = host.timers.count)]
  expect(host.timers.count).toBe(1)
  await node.stop()
  expect(left).toBe(0)
})

test('after the stop nobody can be spawned or told, and stopping again is over at once', async () => {
  const { node } = start()
  const ref = await node.spawn(new Family().member(), 'ada')
  const stopping = node.stop()
  await expect(node.spawn(new Family().member())).rejects.toMatchObject({ code: 'actor-stopped' })
  await stopping
  await node.stop()
  await expect(node.spawn(new Family().member())).rejects.toMatchObject({ code: 'actor-stopped' })
  expect(await ref.ask('value').catch(codeOf)).toBe('actor-unknown')
})

test('a node that is stopped by one of its own hooks ends after that hook', async () => {
  const { node, clock } = start()
  const seen: string[] = []
  let stopping: Promise<void> | undefined
  let late: Promise<unknown> | undefined
  const stopper = defineActor('stopper', {
    on: {},
    started(self) {
      stopping = node.stop()
      late = node.spawn(new Family().member()).catch(codeOf)
      seen.push(self.path)
    },
  })
  const spawned = node.spawn(stopper, 'last')
  await Promise.all([spawned, stopping])
  expect(seen).toEqual(['last'])
  expect(await late).toBe('actor-stopped')
  expect(remains(node, clock)).toEqual([0, 0, 0, 0, 0])
})

test('a handler that waits for the end of its own node is abandoned at its deadline', async () => {
  const { node, clock } = start()
  const stopper = defineActor('stopper', { on: { end: () => node.stop() } })
  const ref = await node.spawn(stopper, 'last')
  const asked = ref.ask('end', undefined, { timeoutMs: 60_000 }).catch(codeOf)
  await clock.advance(5_000)
  await node.stop()
  expect(await asked).toBe('handler-abandoned')
})

test('a supervisor that may take for ever to stop does not wait for ever for a child that never starts', async () => {
  const { node, clock } = start()
  const family = new Family()
  const children = [
    { name: 'good', actor: family.member() },
    { name: 'stuck', actor: family.member({ starts: never }) },
    { name: 'never', actor: family.member() },
  ]
  const spawned = node.spawn(defineSupervisor('shop', { children }), 'shop').catch(codeOf)
  await clock.settle()
  const stopped = node.stop()
  await clock.advance(5_000)
  await stopped
  expect(await spawned).toBe('start-abandoned')
  expect(family.news()).toBe('+shop/good +shop/stuck -shop/good stopped')
  expect(remains(node, clock)).toEqual([0, 0, 0, 0, 0])
})

test('a stop of the node ends a restart under way, and nobody begins again', async () => {
  const { node, clock } = start()
  const family = new Family()
  const member = family.member({ stops: () => Promise.resolve() })
  const parent = family.member({
    supervision: { strategy: 'one-for-all' },
    starts: (self) => void ['a', 'b', 'c'].forEach((name) => self.spawn(member, name)),
  })
  await node.spawn(parent, 'p')
  family.news()
  at(node, 'p/a').tell('fail', 'now')
  // The halts of the group are under way when the node is told to stop.
  await Promise.resolve()
  const stopped = node.stop()
  await clock.settle()
  await stopped
  expect(family.news()).not.toContain('+')
  expect(remains(node, clock)).toEqual([0, 0, 0, 0, 0])
})

test('who offers to an actor that ends is told so', async () => {
  const { node } = start()
  const full = defineActor('full', {
    on: { hold: never, item: () => undefined },
    mailbox: { messagesMax: 1 },
  })
  const ref = await node.spawn(full, { name: 'f', shutdownMs: 0 })
  ref.tell('hold')
  await Promise.resolve()
  const offers = [0, 1, 2].map(() => (ref as unknown as Ref).offer('item').catch(codeOf))
  ref.kill()
  ref.stop()
  await node.stop()
  expect((await Promise.all(offers)).includes('actor-stopped')).toBe(true)
})
