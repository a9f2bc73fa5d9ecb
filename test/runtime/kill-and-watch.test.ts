// Kills, stops and watches at awkward moments: inside a handler, after the end, and across a successor of the same name.
import { expect, test } from 'vitest'
import { defineActor, Node } from 'troupe'
import { seededRandom } from '../../runtime/random.ts'
import { ManualClock } from '../../scenarios/testing/manual-clock.ts'
import type { Exit, Ref } from 'troupe'

const idle = defineActor('idle', { on: { ping: () => 'pong' } })

function startTestNode(): { node: Node; clock: ManualClock } {
  const clock = new ManualClock()
  return { node: new Node({ name: 'test' }, { clock, random: seededRandom(1) }), clock }
}

test('a handler that kills its parent runs to its end with its self, and is accounted for', async () => {
  const { node, clock } = startTestNode()
  const child = defineActor('child', {
    on: {
      rebel(self, parent: Ref) {
        parent.kill()
        return self.path
      },
    },
  })
  const parent = defineActor('parent', {
    on: { ping: () => 'pong' },
    started: (self) => void self.spawn(child, 'child'),
  })
  const top = await node.spawn(parent, { name: 'top', restart: 'temporary' })
  expect(await node.find('top/child')?.ask('rebel', top)).toBe('top/child')
  await clock.settle()
  expect(node.find('top')).toBeUndefined()
  expect(node.audit().differences).toEqual([])
  await node.stop()
})

test('a kill from another handler cuts an async handler off, after the handler that killed', async () => {
  const { node, clock } = startTestNode()
  const sleeper = defineActor('sleeper', { on: { sleep: () => new Promise<void>(() => undefined) } })
  const killer = defineActor('killer', { on: { strike: (_self, victim: Ref) => victim.kill() } })
  const victim = await node.spawn(sleeper, { name: 'victim', restart: 'temporary' })
  const asked = victim.ask('sleep').catch((fault: { code: string }) => fault.code)
  await clock.settle()
  await (await node.spawn(killer, 'killer')).ask('strike', victim as unknown as Ref)
  expect(await asked).toBe('handler-abandoned')
  await clock.settle()
  expect(node.find('victim')).toBeUndefined()
  expect(node.audit().differences).toEqual([])
  await node.stop()
})

test('a handler that stops its node runs to its end with its self, and the books balance after it', async () => {
  const { node } = startTestNode()
  const stopper = defineActor('stopper', {
    on: {
      end(self) {
        void node.stop()
        return self.path
      },
    },
  })
  const ref = await node.spawn(stopper, 'last')
  expect(await ref.ask('end')).toBe('last')
  await node.stop()
  expect(node.audit().differences).toEqual([])
})

test('who watches an actor that has stopped already hears stopped, not never-existed', async () => {
  const { node, clock } = startTestNode()
  const ref = await node.spawn(idle, 'gone')
  ref.stop()
  await clock.settle()
  const heard: Exit[] = []
  ref.watch((exit) => heard.push(exit))
  const watcher = defineActor('watcher', {
    on: { look: (self, target: Ref) => self.watch(target) },
    down: (_self, _ref, exit) => void heard.push(exit),
  })
  ;(await node.spawn(watcher)).tell('look', ref as unknown as Ref)
  await clock.settle()
  expect(heard.map((exit) => exit.cause)).toEqual(['stopped', 'stopped'])
  await node.stop()
})

test('no down comes after unwatch, also when a successor of the same name lives already', async () => {
  const { node, clock } = startTestNode()
  const heard: string[] = []
  const watcher = defineActor('watcher', {
    on: {
      async look(self, target: Ref) {
        self.watch(target)
        const hasEnded = new Promise((resolve) => target.watch(resolve))
        target.kill()
        await hasEnded
        await node.spawn(idle, 'twice')
        self.unwatch(target)
      },
    },
    down: (_self, ref) => void heard.push(ref.path),
  })
  const first = await node.spawn(idle, { name: 'twice', restart: 'temporary' })
  await (await node.spawn(watcher)).ask('look', first as unknown as Ref)
  await clock.settle()
  expect(heard).toEqual([])
  await node.stop()
})

test('an idle actor that is stopped from above has its shutdown time for all below it, then it is killed', async () => {
  const { node, clock } = startTestNode()
  const slow = defineActor('slow', { on: {}, stopping: () => new Promise<void>(() => undefined) })
  const parent = defineActor('parent', {
    on: {},
    started: (self) => void self.spawn(slow, { name: 'slow', shutdownMs: 1_000 }),
  })
  const top = await node.spawn(parent, { name: 'top', shutdownMs: 20 })
  const heard: Exit[] = []
  top.watch((exit) => heard.push(exit))
  const stopped = node.stop()
  await clock.advance(19)
  expect(heard).toEqual([])
  await clock.advance(1)
  await stopped
  expect(heard.map((exit) => exit.cause)).toEqual(['killed'])
})
