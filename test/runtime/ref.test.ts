// Tests of refs: what they are equal to, how they print, where they travel, and whom they find.
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { isRef } from '../../runtime/ref.ts'
import type { Ref } from 'troupe'

const post = defineActor('post', {
  state: () => ({ known: [] as Ref[] }),
  on: {
    remember: (self, refs: { list: Ref[]; byName?: Map<string, Ref> }) =>
      void self.state.known.push(...refs.list, ...(refs.byName?.values() ?? [])),
    me: (self) => self.ref,
    known: (self) => self.state.known,
    path: (self) => self.path,
    greet: (self) => Promise.all(self.state.known.map((ref) => ref.ask('path'))),
  },
})

describe('equality', () => {
  test('refs of one path are equal, wherever they came from', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(post, 'bank/ada')
    const mine = (await ref.ask('me')) as Ref
    const found = node.find('bank/ada')
    expect([ref.equals(mine), mine.equals(ref), found?.equals(ref)]).toEqual([true, true, true])
  })

  test('refs of other paths are not', async () => {
    await using node = await startTestNode()
    const [a, b] = await Promise.all([node.spawn(post), node.spawn(post)])
    expect([a.equals(b), a.path === b.path]).toEqual([false, false])
  })
})

describe('printing', () => {
  test('a ref prints as its path, in text, in JSON and on the console', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(post, 'bank/ada')
    expect(`${ref}`).toBe('bank/ada')
    expect(JSON.stringify({ to: ref })).toBe('{"to":{"ref":"bank/ada"}}')
    expect(inspect(ref)).toContain('bank/ada')
  })

  test('an actor without a name prints with its definition, its number and the node of its birth', async () => {
    await using node = await startTestNode({ name: 'amsterdam' })
    const parent = defineActor('parent', {
      on: { grow: (self) => self.spawn(post).path, named: (self) => self.spawn(post, 'kid').path },
    })
    const ref = await node.spawn(parent)
    expect(ref.path).toBe('amsterdam/parent$1')
    expect([await ref.ask('grow'), await ref.ask('named')]).toEqual([
      'amsterdam/parent$1/post$2',
      'amsterdam/parent$1/kid',
    ])
    expect(node.find('amsterdam/parent$1/post$2')?.path).toBe('amsterdam/parent$1/post$2')
  })
})

describe('travelling', () => {
  test('refs travel in payloads and replies, alone, in lists and in maps, and still reach their actors', async () => {
    await using node = await startTestNode()
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((name) => node.spawn(post, name)))
    await a?.ask('remember', { list: [b as Ref], byName: new Map([['third', c as Ref]]) })
    expect(await a?.ask('greet')).toEqual(['b', 'c'])
    const known = (await a?.ask('known')) as Ref[]
    expect(known.map((ref) => isRef(ref) && ref.path)).toEqual(['b', 'c'])
    expect(await known[0]?.ask('path')).toBe('b')
  })
})

describe('finding', () => {
  test('a ref outlives a restart of its actor', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(post, 'a')
    await ref.ask('remember', { list: [ref] })
    ref.kill()
    expect(await ref.ask('known')).toEqual([])
    expect(node.runtime.host.totals.restarts).toBe(1)
  })

  test('a ref finds the successor of the same name, and asks it', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(post, 'a')
    ref.tell('remember', { list: [ref] })
    ref.stop()
    await node.settle()
    await expect(ref.ask('path')).rejects.toMatchObject({ code: 'actor-unknown' })
    await node.spawn(post, 'a')
    expect([await ref.ask('path'), await ref.ask('known')]).toEqual(['a', []])
  })

  test('a ref without a name has no successor', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(post)
    ref.stop()
    await node.settle()
    await node.spawn(post)
    await expect(ref.ask('path')).rejects.toMatchObject({ code: 'actor-unknown' })
  })

  test('nobody is found where nobody lives, nor any more after an end', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(post, 'a')
    expect([node.find('b'), node.find('a/b'), node.find(''), node.find('a/'), node.find('../a')]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    ref.stop()
    await node.settle()
    expect(node.find('a')).toBeUndefined()
  })

  test('to stop or kill nobody does nothing', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(post, 'a')
    ref.stop()
    await node.settle()
    ref.stop()
    ref.kill()
    await node.settle()
    expect(node.audit()).toMatchObject({ actors: 0, isBalanced: true })
  })
})
