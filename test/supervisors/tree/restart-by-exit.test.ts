// Restart types: which ends of a child are followed by another life, in a running tree.
import { expect, test } from 'vitest'
import { startTestNode } from 'troupe/testing'
import { restartTypes } from '../../../supervisors/restart-type.ts'
import { at, endsOf, eventsOf, Family } from './family.ts'
import type { Ref } from 'troupe'

/** The ways a life can end, and what each is called. */
const ends: Record<string, (ref: Ref) => void> = {
  stopped: (ref) => ref.stop(),
  'stopped by itself': (ref) => ref.tell('end'),
  failed: (ref) => ref.tell('fail', 'now'),
  'failed late': (ref) => ref.tell('failLate'),
  killed: (ref) => ref.kill(),
  'killed by itself': (ref) => ref.tell('die'),
}

for (const restart of restartTypes) {
  for (const [how, end] of Object.entries(ends)) {
    const isAbnormal = !how.startsWith('stopped')
    const comesBack = restart === 'permanent' || (restart === 'transient' && isAbnormal)

    test(`a ${restart} child that has ${how} ${comesBack ? 'comes back' : 'is gone'}`, async () => {
      await using node = await startTestNode()
      const parent = new Family().member({
        starts: (self) => void self.spawn(new Family().member(), { name: 'c', restart }),
      })
      await node.spawn(parent, 'p')
      const heard = endsOf(node, 'p/c')
      end(at(node, 'p/c'))
      await node.settle()
      expect(node.find('p/c') !== undefined).toBe(comesBack)
      const cause = how.split(' ')[0]
      expect(heard).toEqual(comesBack ? {} : { 'p/c': cause === 'failed' ? 'failed handler-failed' : cause })
    })

    test(`a ${restart} root that has ${how} ${comesBack ? 'comes back' : 'is gone'} alike`, async () => {
      await using node = await startTestNode()
      await node.spawn(new Family().member(), { name: 'r', restart })
      end(at(node, 'r'))
      await node.settle()
      expect(node.find('r') !== undefined).toBe(comesBack)
    })
  }
}

test('a child that is spawned is transient unless it or its definition says otherwise', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const permanent = family.member({ child: { restart: 'permanent' } })
  const parent = family.member({
    starts(self) {
      self.spawn(family.member(), 'usual')
      self.spawn(permanent, 'defined')
      self.spawn(permanent, { name: 'said', restart: 'temporary' })
    },
  })
  await node.spawn(parent, 'p')
  const restarts = ['usual', 'defined', 'said'].map((name) => node.runtime.cellAt(`p/${name}`)?.spec.restart)
  expect(restarts).toEqual(['transient', 'permanent', 'temporary'])
})

test('each end is followed by one decision, in the events', async () => {
  await using node = await startTestNode()
  const family = new Family()
  await node.spawn(family.member(), { name: 'r', restart: 'permanent' })
  const events = eventsOf(node)
  const ref = at(node, 'r')
  ref.tell('fail', 'now')
  await node.settle()
  ref.tell('end')
  await node.settle()
  ref.kill()
  await node.settle()
  expect(events.take()).toBe(
    'failed r, restarted r, started r, halted r, restarted r, started r, halted r, restarted r, started r',
  )
})
