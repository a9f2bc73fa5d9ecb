// Entries of one node as another learns them: with hardly any memory of those that have left, and messages that come in any order or not at all.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FarEntries } from '../../../../actors/cluster/groups/far-entries.ts'
import { keyOf, OwnEntries } from '../../../../actors/cluster/groups/own-entries.ts'
import type { News, Want } from '../../../../actors/cluster/groups/group-message.ts'

const step = fc.oneof(
  fc.record({ act: fc.constant('put' as const), pick: fc.nat(11), isIn: fc.boolean() }),
  fc.record({ act: fc.constant('put' as const), pick: fc.nat(11), isIn: fc.boolean() }),
  // What is under way arrives: any of it, once or again.
  fc.record({ act: fc.constantFrom('ask', 'news', 'news', 'lose'), pick: fc.nat(99), isIn: fc.boolean() }),
)

test('the other knows the same in the end, and has heard of each change that is left', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150, size: 'max' }), (story) => {
      const own = new OwnEntries({ leftKept: 1, changes: 2 })
      const far = new FarEntries()
      const heard = new Set<string>()
      const wants: Want[] = []
      const underWay: News[] = []
      const learn = (news: News): void => {
        const { changes, want } = far.learn(news)
        for (const { group, path, isIn } of changes) {
          expect(heard.has(keyOf(group, path))).toBe(!isIn)
          if (isIn) heard.add(keyOf(group, path))
          else heard.delete(keyOf(group, path))
        }
        if (want !== undefined) wants.push(want)
      }
      for (const { act, pick, isIn } of story) {
        if (act === 'put') own.put(`g${pick % 3}`, `p${pick % 4}`, isIn)
        else if (act === 'ask') {
          const want = wants.length > 0 && isIn ? wants[pick % wants.length] : far.want(own.version)
          if (want !== undefined) underWay.push(own.news(want))
        } else if (act === 'lose') underWay.splice(pick % (underWay.length + 1), 1)
        else if (underWay.length > 0) learn(underWay[pick % underWay.length]!)
      }
      wants.length = 0
      for (let round = 0; round < 50; round++) {
        const want = wants.pop() ?? far.want(own.version)
        if (want !== undefined) learn(own.news(want))
      }
      const known = [...far.entries()].map(({ group, path }) => keyOf(group, path)).toSorted()
      const groups = ['g0', 'g1', 'g2'].flatMap((group) =>
        ['p0', 'p1', 'p2', 'p3'].filter((path) => own.has(group, path)).map((path) => keyOf(group, path)),
      )
      expect(known).toEqual(groups.toSorted())
      expect([...heard].toSorted()).toEqual(known)
    }),
    { numRuns: 500 },
  )
})

test('news that was overtaken by newer news does not bring back who has left', () => {
  const own = new OwnEntries({ leftKept: 10, changes: 2 })
  for (const path of ['a', 'b', 'c']) own.put('g', path, true)
  const old = own.news({ from: 0, since: 0, isReset: false })
  own.put('g', 'a', false)
  const newer = own.news({ from: 0, since: 0, isReset: false })
  expect([old.to, newer.to]).toEqual([2, 3])
  const late = {
    ...old,
    to: 4,
    version: 4,
    changes: [...old.changes, { version: 4, isIn: true, group: 'g', path: 'd' }],
  }
  const far = new FarEntries()
  far.learn(newer)
  expect(far.learn(late).changes.map(({ path }) => path)).toEqual(['d'])
  expect([...far.entries()].map(({ path }) => path)).toEqual(['b', 'c', 'd'])
})
