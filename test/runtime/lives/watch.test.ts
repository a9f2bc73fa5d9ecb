// Watches: exactly one down for each, with the cause, whatever happens to either side.
import { describe, expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { LocalRef } from '../../../runtime/ref.ts'
import { at, Family, gate } from '../../supervisors/tree/family.ts'
import type { Ref } from 'troupe'

const temporary = { restart: 'temporary' } as const

/** Watches whom it is told to and writes down what it hears. */
function listener(heard: string[], hook: (path: string) => unknown = () => undefined) {
  return defineActor('listener', {
    on: {
      watch: (self, ref: Ref) => self.watch(ref),
      unwatch: (self, ref: Ref) => self.unwatch(ref),
      async stopThenUnwatch(self, ref: Ref) {
        ref.stop()
        // The end has come when this is over, and its signal waits behind this handler.
        await gate(`unwatch ${ref.path}`).promise
        self.unwatch(ref)
      },
      fail() {
        throw new Error('now')
      },
      ping: () => heard.length,
    },
    down(_self, ref, exit) {
      heard.push(`${ref.path} ${exit.cause}`)
      return hook(ref.path) as void
    },
  })
}

describe('one down with its cause', () => {
  const ways: Record<string, (ref: Ref) => void> = {
    stopped: (ref) => ref.stop(),
    killed: (ref) => ref.kill(),
    failed: (ref) => ref.tell('fail', 'now'),
  }
  for (const [cause, end] of Object.entries(ways)) {
    test(`of who has ${cause}`, async () => {
      await using node = await startTestNode()
      const heard: string[] = []
      await node.spawn(new Family().member(), { name: 'ada', ...temporary })
      const ref = await node.spawn(listener(heard))
      ref.tell('watch', at(node, 'ada'))
      ref.tell('watch', at(node, 'ada'))
      await node.settle()
      end(at(node, 'ada'))
      await node.advance(60_000)
      expect(heard).toEqual([`ada ${cause}`])
    })

    test(`of who had ${cause} long before`, async () => {
      await using node = await startTestNode()
      const heard: string[] = []
      await node.spawn(new Family().member(), { name: 'ada', ...temporary })
      const ada = at(node, 'ada')
      end(ada)
      await node.settle()
      const ref = await node.spawn(listener(heard))
      ref.tell('watch', ada)
      await node.settle()
      ref.tell('watch', ada)
      await node.settle()
      expect(heard).toEqual([`ada ${cause}`, `ada ${cause}`])
    })
  }

  test('of who never existed, at each watch', async () => {
    await using node = await startTestNode()
    const heard: string[] = []
    const nobody = new LocalRef(node.runtime.host, undefined, 'nobody') as unknown as Ref
    const ref = await node.spawn(listener(heard))
    ref.tell('watch', nobody)
    await node.settle()
    const outside: string[] = []
    nobody.watch((exit) => outside.push(exit.cause))
    await node.settle()
    expect([heard, outside]).toEqual([['nobody never-existed'], ['never-existed']])
  })

  test('of each child that a killed parent takes along', async () => {
    await using node = await startTestNode()
    const heard: string[] = []
    const family = new Family()
    const top = family.member({
      child: temporary,
      starts: (self) => void ['a', 'b'].forEach((name) => self.spawn(family.member(), name)),
    })
    await node.spawn(top, 't')
    const ref = await node.spawn(listener(heard))
    for (const path of ['t', 't/a', 't/b']) ref.tell('watch', at(node, path))
    await node.settle()
    at(node, 't').kill()
    await node.settle()
    expect(heard).toEqual(['t/b killed', 't/a killed', 't killed'])
  })
})

describe('no down', () => {
  test('after unwatch', async () => {
    await using node = await startTestNode()
    const heard: string[] = []
    await node.spawn(new Family().member(), 'ada')
    const ada = at(node, 'ada')
    const ref = await node.spawn(listener(heard))
    ref.tell('watch', ada)
    ref.tell('unwatch', ada)
    await node.settle()
    ada.stop()
    await node.settle()
    expect(heard).toEqual([])
    expect(node.runtime.cellAt('ada')).toBeUndefined()
  })

  test('after unwatch, also if the signal waits already', async () => {
    await using node = await startTestNode()
    const heard: string[] = []
    await node.spawn(new Family().member(), 'ada')
    await node.spawn(new Family().member(), 'bob')
    const ref = await node.spawn(listener(heard))
    for (const path of ['ada', 'bob']) ref.tell('watch', at(node, path))
    const ada = at(node, 'ada')
    ref.tell('stopThenUnwatch', ada)
    await node.settle()
    at(node, 'bob').stop()
    await node.settle()
    expect(node.find('ada')).toBeUndefined()
    gate('unwatch ada').resolve()
    await node.settle()
    expect(heard).toEqual(['bob stopped'])
  })

  test('after unwatch of who never existed, also if the signal waits already', async () => {
    await using node = await startTestNode()
    const heard: string[] = []
    const nobody = new LocalRef(node.runtime.host, undefined, 'nobody') as unknown as Ref
    const watcher = defineActor('watcher', {
      on: {
        both(self) {
          self.watch(nobody)
          self.unwatch(nobody)
        },
      },
      down: (_self, ref) => void heard.push(ref.path),
    })
    ;(await node.spawn(watcher)).tell('both')
    await node.settle()
    expect(heard).toEqual([])
  })

  test('in the next life of a watcher that was restarted before it heard', async () => {
    await using node = await startTestNode()
    const heard: string[] = []
    await node.spawn(new Family().member(), 'ada')
    const ref = await node.spawn(listener(heard))
    ref.tell('watch', at(node, 'ada'))
    await node.settle()
    at(node, 'ada').stop()
    ref.tell('fail')
    ref.kill()
    await node.settle()
    expect(heard.length).toBeLessThanOrEqual(1)
    expect(node.audit().differences).toEqual([])
  })
})

test('a watch is of one actor: its successor of the same name has to be watched again', async () => {
  await using node = await startTestNode()
  const heard: string[] = []
  const first = await node.spawn(new Family().member(), 'ada')
  const ref = await node.spawn(listener(heard))
  ref.tell('watch', at(node, 'ada'))
  await node.settle()
  first.stop()
  await node.settle()
  await node.spawn(new Family().member(), 'ada')
  expect(heard).toEqual(['ada stopped'])
  at(node, 'ada').kill()
  ref.tell('watch', first as unknown as Ref)
  await node.settle()
  at(node, 'ada').stop()
  await node.settle()
  expect(heard).toEqual(['ada stopped', 'ada stopped'])
})

test('a down hook that throws is a failure of its actor, decided like any other', async () => {
  await using node = await startTestNode()
  const heard: string[] = []
  await node.spawn(new Family().member(), 'ada')
  const hook = (): void => {
    throw new Error('no')
  }
  const ref = await node.spawn(listener(heard, hook), 'l')
  ref.tell('watch', at(node, 'ada'))
  await node.settle()
  at(node, 'ada').stop()
  await node.settle()
  expect(node.runtime.cellAt('l')?.rareIfAny).toMatchObject({
    restarts: 1,
    lastFault: { code: 'hook-failed' },
  })
})

test('a down hook that throws a Fault is an event, and its actor lives on', async () => {
  await using node = await startTestNode()
  await node.spawn(new Family().member(), 'ada')
  const gentle = defineActor('gentle', {
    on: { watch: (self, ref: Ref) => self.watch(ref), ping: () => 'pong' },
    async down() {
      const { Fault } = await import('troupe')
      throw new Fault('friend-missing', 'Cannot go on: ada has gone', { hint: 'Find another friend.' })
    },
  })
  const ref = await node.spawn(gentle, 'g')
  ref.tell('watch', at(node, 'ada'))
  await node.settle()
  at(node, 'ada').stop()
  expect(await ref.ask('ping')).toBe('pong')
  await node.settle()
  const events = node.runtime.host.events.recent().filter((event) => event.subject.path === 'g')
  expect(events.map((event) => event.kind)).toEqual(['spawned', 'hook-failed'])
})

test('while an async down hook runs neither mail nor the next down is handled', async () => {
  await using node = await startTestNode()
  const heard: string[] = []
  for (const name of ['ada', 'bob']) await node.spawn(new Family().member(), name)
  const ref = await node.spawn(
    listener(heard, (path) => (path === 'ada' ? gate('down-hook').promise : undefined)),
  )
  for (const name of ['ada', 'bob']) ref.tell('watch', at(node, name))
  await node.settle()
  at(node, 'ada').stop()
  await node.settle()
  at(node, 'bob').stop()
  const asked = ref.ask('ping')
  await node.settle()
  expect(heard).toEqual(['ada stopped'])
  gate('down-hook').resolve()
  expect(await asked).toBe(2)
})

test('a suspended actor hears its downs, its mail waits', async () => {
  await using node = await startTestNode()
  const heard: string[] = []
  await node.spawn(new Family().member(), 'ada')
  const ref = await node.spawn(listener(heard), 'l')
  ref.tell('watch', at(node, 'ada'))
  await node.settle()
  const cell = node.runtime.cellAt('l')!
  node.operator.suspend(cell)
  const asked = ref.ask('ping')
  at(node, 'ada').stop()
  await node.settle()
  expect([heard.length, cell.waiting]).toEqual([1, 1])
  node.operator.resume(cell)
  expect(await asked).toBe(1)
})
