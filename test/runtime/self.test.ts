// Tests of self: what an actor learns and does through it, and that it is good for one life only.
import { describe, expect, test } from 'vitest'
import { defineActor, Fault } from 'troupe'
import { startTestNode } from 'troupe/testing'
import type { Ref, Self } from 'troupe'

const idle = defineActor('idle', { on: { ping: () => 'pong' } })

const family = defineActor('family', {
  state: (value: number = 0) => ({ value }),
  on: {
    look: (self) => [self.path, self.behaviour, self.ref.path, self.children.map(({ path }) => path).join()],
    grow: (self, name: string) => self.spawn(idle, name),
    set: (self, value: number) => void (self.state = { value }),
    change: (self, value: number) => void (self.state.value += value),
    value: (self) => self.state.value,
    now: (self) => self.now(),
    draw: (self) => [self.random(), self.random()],
    end: (self, child: Ref) => self.stop(child),
    watchThing: (self, thing: unknown) => self.watch(thing as Ref),
  },
})

test('an actor knows its path, its behaviour, its ref and its children in the order of their start', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(family, 'f')
  for (const name of ['c', 'a', 'b']) await ref.ask('grow', name)
  expect(await ref.ask('look')).toEqual(['f', 'on', 'f', 'f/c,f/a,f/b'])
})

test('state may be changed in place or put anew, and is each actor’s own', async () => {
  await using node = await startTestNode()
  const [a, b] = await Promise.all([node.spawn(family, 'a', 5), node.spawn(family, 'b')])
  a.tell('change', 2)
  b.tell('set', 9)
  expect([await a.ask('value'), await b.ask('value')]).toEqual([7, 9])
})

test('time and chance are the node’s', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(family)
  const first = (await ref.ask('now')) as number
  await node.advance(1_500)
  expect((await ref.ask('now')) as number).toBe(first + 1_500)
  const [one, two] = (await ref.ask('draw')) as number[]
  expect(one).not.toBe(two)
})

test('an actor ends its own children only', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(family, 'f')
  const [child, stranger] = [(await ref.ask('grow', 'c')) as Ref, await node.spawn(idle, 's')]
  await ref.ask('end', child)
  await node.settle()
  expect(node.find('f/c')).toBeUndefined()
  await expect(ref.ask('end', stranger)).rejects.toMatchObject({
    code: 'child-unknown',
    message: 'Cannot stop "s" from "f": it is not a child of it',
  })
  expect(await stranger.ask('ping')).toBe('pong')
})

test('to watch what is no ref is refused', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(family)
  for (const thing of [undefined, null, 'f', { path: 'f' }]) {
    await expect(ref.ask('watchThing', thing)).rejects.toMatchObject({ code: 'ref-invalid' })
  }
})

describe('after the end of its life', () => {
  const kept: Self<{ n: number }>[] = []
  const leaky = defineActor('leaky', {
    state: () => ({ n: 0 }),
    on: {
      keep: (self) => void kept.push(self),
      crash() {
        throw new Error('broken')
      },
      n: (self) => self.state.n,
    },
  })

  const uses: Record<string, (self: Self<{ n: number }>, ref: Ref) => unknown> = {
    'read the state': (self) => self.state,
    'write the state': (self) => (self.state = { n: 9 }),
    path: (self) => self.path,
    ref: (self) => self.ref,
    behaviour: (self) => self.behaviour,
    children: (self) => self.children,
    log: (self) => self.log,
    now: (self) => self.now(),
    random: (self) => self.random(),
    spawn: (self) => self.spawn(idle),
    after: (self) => self.after(1, 'n'),
    every: (self) => self.every(1, 'n'),
    cancel: (self) => self.cancel('n'),
    watch: (self, ref) => self.watch(ref),
    unwatch: (self, ref) => self.unwatch(ref),
    become: (self) => self.become(),
    stash: (self) => self.stash(),
    unstash: (self) => self.unstash(),
    stop: (self) => self.stop(),
  }

  for (const end of ['restart', 'stop'] as const) {
    test(`by ${end}, nothing of it can be used, and the next life does not notice`, async () => {
      kept.length = 0
      await using node = await startTestNode({ strict: false })
      const ref = await node.spawn(leaky)
      await ref.ask('keep')
      if (end === 'restart') ref.tell('crash')
      else ref.stop()
      await node.settle()
      const [self] = kept
      if (self === undefined) throw new Error('self was kept')
      for (const [name, use] of Object.entries(uses)) {
        const attempt = (): unknown => use(self, ref)
        expect(attempt, name).toThrow(expect.objectContaining({ code: 'self-expired' }))
      }
      await expect(self.start(idle)).rejects.toMatchObject({ code: 'self-expired' })
      if (end === 'restart') expect(await ref.ask('n')).toBe(0)
      expect(node.runtime.host.timers.count).toBe(0)
    })
  }
})

test('a hook and a handler have the same self', async () => {
  await using node = await startTestNode({ strict: false })
  const selves = new Set<unknown>()
  const same = defineActor('same', {
    started: (self) => void selves.add(self),
    on: { ping: (self) => void selves.add(self) },
    stopping: (self) => void selves.add(self),
  })
  const ref = await node.spawn(same)
  await ref.ask('ping')
  ref.stop()
  await node.settle()
  expect(selves.size).toBe(1)
})

test('a fault of a user’s own keeps its code through a restart of who threw it', async () => {
  await using node = await startTestNode()
  const touchy = defineActor('touchy', {
    on: {
      poke() {
        throw new Fault('touchy-poked', 'Cannot be poked: it hurts', { hint: 'Do not.' })
      },
    },
  })
  const boss = defineActor('boss', {
    supervision: { directives: [{ code: 'touchy-poked', directive: 'restart' }] },
    on: { hire: (self) => self.spawn(touchy, 't') },
  })
  const ref = (await (await node.spawn(boss, 'b')).ask('hire')) as Ref
  await expect(ref.ask('poke')).rejects.toMatchObject({ code: 'touchy-poked' })
  expect(node.runtime.host.totals.restarts).toBe(1)
})
