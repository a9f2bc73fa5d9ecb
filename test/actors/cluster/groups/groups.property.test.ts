// Groups under loss: messages are lost, come twice and overtake each other; once that ends, all nodes know the same, and their watchers too.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ManualClock } from 'troupe/testing'
import { seededRandom } from '../../../../runtime/random.ts'
import { Groups, gossipMs } from '../../../../actors/cluster/groups/groups.ts'

const count = 4
const names = ['g', 'h']
const paths = ['a', 'b', 'c']

const step = fc.record({
  act: fc.constantFrom('join', 'join', 'leave', 'leaveAll', 'wait', 'remove'),
  node: fc.integer({ min: 1, max: count }),
  pick: fc.nat(5),
})

test('nodes that have lost, doubled and reordered messages know the same in the end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), fc.nat(), async (story, seed) => {
      const clock = new ManualClock()
      const chance = seededRandom(seed).fork('wires')
      const nodes = new Map<number, Groups>()
      let isCalm = false
      const send = (from: number) => (to: number, bytes: Uint8Array) => {
        const copies = isCalm ? 1 : chance.integer(3)
        for (let copy = 0; copy < copies; copy++) {
          const delayMs = isCalm ? 1 : chance.integer(3_000)
          clock.alarm(clock.now() + delayMs, () => nodes.get(to)?.receive(from, bytes))
        }
      }
      for (let self = 1; self <= count; self++) {
        const random = seededRandom(seed).fork(`node ${self}`)
        nodes.set(self, new Groups({ self, clock, random, send: send(self) }))
      }
      for (const [self, groups] of nodes)
        for (const peer of nodes.keys()) if (peer !== self) groups.addPeer(peer)
      // What watchers have heard, node by node.
      const heard = [...nodes.values()].map((groups) => {
        const set = new Set<string>()
        for (const name of names)
          groups.watch(name, ({ path, isIn }) => {
            const key = `${name} ${path}`
            expect(set.has(key)).toBe(!isIn)
            if (isIn) set.add(key)
            else set.delete(key)
          })
        return set
      })
      const truth = new Map([...nodes.keys()].map((self) => [self, new Set<string>()]))
      for (const { act, node, pick } of story) {
        const groups = nodes.get(node)
        const own = truth.get(node)
        const [name, path] = [names[pick % 2]!, paths[pick % 3]!]
        if (act === 'wait') await clock.advance(pick * 300)
        else if (groups === undefined || own === undefined) continue
        else if (act === 'join') {
          groups.join(name, path)
          own.add(`${name} ${path}`)
        } else if (act === 'leave') {
          groups.leave(name, path)
          own.delete(`${name} ${path}`)
        } else if (act === 'leaveAll') {
          groups.leaveAll(path)
          for (const group of names) own.delete(`${group} ${path}`)
        } else if (pick === 0 && nodes.size > 2) {
          groups.close()
          nodes.delete(node)
          truth.delete(node)
          for (const other of nodes.values()) other.removePeer(node)
        }
      }
      isCalm = true
      await clock.advance(3_000 + 4 * gossipMs)
      const wanted = [...new Set([...truth.values()].flatMap((own) => [...own]))].toSorted()
      for (const [self, groups] of nodes) {
        const known = names.flatMap((name) => groups.members(name).map((path) => `${name} ${path}`))
        expect(known.toSorted()).toEqual(wanted)
        expect([...heard[self - 1]!].toSorted()).toEqual(wanted)
        groups.close()
      }
    }),
    { numRuns: 150 },
  )
})
