// Restarts: what a new life keeps of its actor and what it does not.
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { at, endsOf, eventsOf, Family } from '../../supervisors/tree/family.ts'
import type { Ref } from 'troupe'

test('a ref, the path and the mail that waits outlive a restart, the state does not', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(new Family().member(), 'ada')
  ref.tell('increment')
  ref.tell('fail', 'now')
  ref.tell('increment')
  ref.tell('increment')
  expect(await at(node, 'ada').ask('value')).toBe(2)
  expect(await (ref as unknown as Ref).ask('value')).toBe(2)
  expect(node.audit().deadLetters).toEqual({ 'handler-failed': 1 })
})

test('a restart is not a down: neither watchers nor observers hear of it', async () => {
  await using node = await startTestNode()
  await node.spawn(new Family().member(), 'ada')
  const probe = node.probe()
  probe.watch(at(node, 'ada'))
  const ends = endsOf(node, 'ada')
  for (let i = 0; i < 3; i++) {
    at(node, 'ada').tell('fail', 'again')
    await node.advance(2_000)
  }
  expect(ends).toEqual({})
  at(node, 'ada').stop()
  await probe.expectDown(at(node, 'ada'), 'stopped')
  expect(ends).toEqual({ ada: 'stopped' })
})

test('each life gets a state of its own, made anew from the arguments of the spawn', async () => {
  await using node = await startTestNode()
  const made: unknown[] = []
  const keeper = defineActor('keeper', {
    state: (owner: string, list: string[]) => {
      const state = { owner, list: [...list] }
      made.push(state)
      return state
    },
    on: {
      spoil(self) {
        self.state.list.push('x')
        self.state.owner = 'nobody'
        throw new Error('spoilt')
      },
      show: (self) => `${self.state.owner} ${self.state.list.join()}`,
    },
  })
  const ref = await node.spawn(keeper, 'k', 'Ada', ['a', 'b'])
  ref.tell('spoil')
  expect(await ref.ask('show')).toBe('Ada a,b')
  expect(made).toHaveLength(2)
  expect(made[0]).not.toBe(made[1])
})

test('timers of a life end with it, also one whose message waits in the mailbox', async () => {
  await using node = await startTestNode()
  let beats = 0
  const beater = defineActor('beater', {
    on: {
      start(self) {
        self.every(10, 'beat')
        self.after(15, 'beat', undefined, { key: 'once' })
      },
      beat: () => void beats++,
      failAfterBeats: async () => {
        await node.advance(0)
        throw new Error('late')
      },
      fail() {
        throw new Error('now')
      },
    },
  })
  const ref = await node.spawn(beater, 'b')
  ref.tell('start')
  await node.advance(25)
  expect(beats).toBe(3)
  ref.tell('fail')
  await node.advance(1_000)
  expect(beats).toBe(3)
  expect(node.runtime.host.timers.count).toBe(0)
})

test('a timer message that waits when its life ends is not handled in the next', async () => {
  await using node = await startTestNode()
  const handled: string[] = []
  let release: (() => void) | undefined
  const sleeper = defineActor('sleeper', {
    on: {
      async sleep(self) {
        self.after(5, 'ring')
        await new Promise<void>((resolve) => (release = resolve))
        throw new Error('woken')
      },
      ring: () => void handled.push('ring'),
      after: () => void handled.push('after'),
    },
  })
  const ref = await node.spawn(sleeper, 's')
  ref.tell('sleep')
  await node.advance(10)
  ref.tell('after')
  release?.()
  await node.settle()
  expect(handled).toEqual(['after'])
  expect(node.audit().deadLetters).toEqual({ 'handler-failed': 1, 'message-unwanted': 1 })
})

test('watches of a life end with it', async () => {
  await using node = await startTestNode()
  const heard: string[] = []
  const watcher = defineActor('watcher', {
    on: {
      look: (self, ref: Ref) => self.watch(ref),
      fail() {
        throw new Error('now')
      },
    },
    down: (_self, ref) => void heard.push(ref.path),
  })
  const family = new Family()
  await node.spawn(family.member(), 'a')
  await node.spawn(family.member(), 'b')
  const ref = await node.spawn(watcher, 'w')
  ref.tell('look', at(node, 'a'))
  ref.tell('fail')
  ref.tell('look', at(node, 'b'))
  await node.settle()
  at(node, 'a').stop()
  at(node, 'b').stop()
  await node.settle()
  expect(heard).toEqual(['b'])
})

test('children end before their parent, the last one first, and `started` makes new ones', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const child = family.member()
  const parent = family.member({
    starts(self) {
      for (const name of ['a', 'b', 'c']) self.spawn(child, name)
    },
  })
  await node.spawn(parent, 'top')
  const probe = node.probe()
  probe.watch(at(node, 'top/b'))
  expect(family.news()).toBe('+top +top/a +top/b +top/c')
  at(node, 'top').tell('fail', 'now')
  await node.settle()
  expect(family.news()).toBe(
    '-top/c stopped -top/b stopped -top/a stopped -top failed +top +top/a +top/b +top/c',
  )
  expect((await probe.expectDown(at(node, 'top/b'))).cause).toBe('stopped')
})

test('what was set aside comes back in front of the mail, in order, and is handled in the next life', async () => {
  await using node = await startTestNode()
  const handled: number[] = []
  const stasher = defineActor('stasher', {
    state: () => ({ isOpen: false }),
    on: {
      item(self, n: number) {
        if (n === 2) throw new Error('open up')
        if (handled.length === 0 && n < 2 && !wasRestarted) self.stash()
        else handled.push(n)
      },
    },
    started: () => void (wasRestarted = lives++ > 0),
  })
  let lives = 0
  let wasRestarted = false
  const ref = await node.spawn(stasher, 's')
  for (const n of [0, 1, 2, 3]) ref.tell('item', n)
  await node.settle()
  expect(handled).toEqual([0, 1, 3])
})

test('a new life begins in the behaviour `on`', async () => {
  await using node = await startTestNode()
  const door = defineActor('door', {
    on: { which: (self) => self.behaviour, close: (self) => self.become('closed') },
    behaviours: {
      closed: {
        which: (self) => self.behaviour,
        fail() {
          throw new Error('now')
        },
      },
    },
  })
  const ref = await node.spawn(door, 'd')
  ref.tell('close')
  expect(await ref.ask('which')).toBe('closed')
  ref.tell('fail')
  expect(await ref.ask('which')).toBe('on')
})

test('the self of an earlier life is good for nothing, in every member', async () => {
  await using node = await startTestNode()
  const selves: { state: unknown; stop(): void; path: string; now(): number }[] = []
  const leaky = defineActor('leaky', {
    on: {
      fail() {
        throw new Error('now')
      },
    },
    started: (self) => void selves.push(self),
  })
  const ref = await node.spawn(leaky, 'l')
  ref.tell('fail')
  await node.settle()
  const [old, present] = selves
  for (const use of [() => old!.state, () => old!.stop(), () => old!.path, () => old!.now()]) {
    expect(use).toThrow(expect.objectContaining({ code: 'self-expired' }))
  }
  expect(present!.path).toBe('l')
})

test('an async handler that fails restarts its actor, and the mail behind it waits for the new life', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(new Family().member(), 'ada')
  ref.tell('increment')
  ref.tell('failLate')
  expect(await (ref as unknown as Ref).ask('value')).toBe(0)
})

test('a message that fails is tried in each new life as often as the definition says, then it is quarantined', async () => {
  await using node = await startTestNode()
  const events = eventsOf(node)
  const ref = await node.spawn(new Family().member({ triesMax: 3 }), 'ada')
  ref.tell('fail', 'always')
  ref.tell('increment')
  expect(await at(node, 'ada').ask('value')).toBe(1)
  expect(events.take()).toBe(
    'spawned ada, started ada, failed ada, restarted ada, started ada, failed ada, restarted ada, started ada, ' +
      'failed ada, quarantined ada, restarted ada, started ada',
  )
  expect(node.audit().deadLetters).toEqual({ 'message-poisoned': 1 })
})
