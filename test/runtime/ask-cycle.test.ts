// Tests of ask cycles: actors that wait for each other are told so at once, others never.
import { describe, expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { askChainMax } from '../../runtime/ask-chain.ts'
import type { Fault, Ref } from 'troupe'
import type { TestNode } from 'troupe/testing'

/** Asks along a road of refs, the last of which is answered by itself. `pause` is how often it awaits before. */
const walker = defineActor('walker', {
  state: () => ({ later: [] as Promise<unknown>[] }),
  on: {
    async walk(_self, { road, pause }: { road: readonly Ref[]; pause: number }): Promise<string> {
      for (let i = 0; i < pause; i++) await Promise.resolve()
      const [next, ...rest] = road
      if (next === undefined) return 'arrived'
      return (await next.ask('walk', { road: rest, pause })) as string
    },
    /** Not declared async: asks before it returns its promise. */
    walkNow(_self, road: readonly Ref[]): unknown {
      const [next, ...rest] = road
      return next === undefined ? 'arrived' : next.ask('walkNow', rest)
    },
    /** Asks and does not wait: its own reply is given at once. */
    forget(self, ref: Ref) {
      self.state.later.push(ref.ask('walk', { road: [self.ref], pause: 3 }))
      return 'gone'
    },
    tellOn: (_self, { ref, road }: { ref: Ref; road: readonly Ref[] }) =>
      ref.tell('walk', { road, pause: 1 }),
    async results(self) {
      return Promise.all(self.state.later)
    },
  },
})

async function spawnMany(node: TestNode, names: string): Promise<Record<string, Ref>> {
  const refs = await Promise.all([...names].map((name) => node.spawn(walker, name)))
  return Object.fromEntries(refs.map((ref) => [ref.path, ref]))
}

const faultOf = (ask: Promise<unknown>): Promise<Fault> =>
  ask.then(String, (fault: unknown) => fault) as Promise<Fault>

describe('a cycle', () => {
  // The first letter is asked, and asks the second, and so on.
  for (const road of ['aa', 'aba', 'abca', 'abb', 'abcb']) {
    for (const pause of [0, 1, 3]) {
      test(`${[...road].join(' → ')} with ${pause} awaits ends at once in ask-cycle`, async () => {
        await using node = await startTestNode()
        const refs = await spawnMany(node, 'abc')
        const [first, ...rest] = [...road].map((name) => refs[name] as Ref)
        const fault = await faultOf((first as Ref).ask('walk', { road: rest, pause }))
        expect(fault.code).toBe('ask-cycle')
        const last = road.at(-1)
        expect(fault.message).toContain(
          `Cannot ask "${last}" for "walk": it waits for this reply itself, along "${last}" → `,
        )
        expect(node.clock.now()).toBe(0)
        expect(node.runtime.host.asks.expired).toBe(0)
      })
    }

    test(`${[...road].join(' → ')} through handlers that return a promise ends in ask-cycle`, async () => {
      await using node = await startTestNode()
      const refs = await spawnMany(node, 'abc')
      const [first, ...rest] = [...road].map((name) => refs[name] as Ref)
      expect((await faultOf((first as Ref).ask('walkNow', rest))).code).toBe('ask-cycle')
    })
  }

  test('it is found behind a tell that began it, too', async () => {
    await using node = await startTestNode()
    const { a, b } = await spawnMany(node, 'ab')
    a?.tell('walk', { road: [b, a], pause: 1 })
    await node.settle()
    // The refused ask ends a's handler with the fault, which is a dead letter of its tell.
    expect(node.runtime.host.deadLetters.list().map(({ fault }) => fault?.code)).toEqual(['ask-cycle'])
  })

  test('the actors of a refused cycle go on', async () => {
    await using node = await startTestNode()
    const { a, b } = await spawnMany(node, 'ab')
    await faultOf((a as Ref).ask('walk', { road: [b, a], pause: 1 }))
    expect(await a?.ask('walk', { road: [b], pause: 1 })).toBe('arrived')
    expect(node.runtime.host.totals.restarts).toBe(0)
  })

  test('a chain too long to be looked through is refused as well', async () => {
    await using node = await startTestNode()
    const names = Array.from({ length: askChainMax + 2 }, (_, i) => `w${i}`)
    const refs: Ref[] = await Promise.all(names.map((name) => node.spawn(walker, name)))
    const [first, ...rest] = refs
    expect(await first?.ask('walk', { road: rest.slice(0, askChainMax - 1), pause: 1 })).toBe('arrived')
    const fault = await faultOf((first as Ref).ask('walk', { road: rest, pause: 1 }))
    expect(fault.code).toBe('ask-cycle')
    expect(fault.message).toContain(`${askChainMax} may`)
  })
})

describe('no cycle', () => {
  test('two actors that ask the same third one', async () => {
    await using node = await startTestNode()
    const { a, b, c } = await spawnMany(node, 'abc')
    const asks = [a, b].map((ref) => ref?.ask('walk', { road: [c], pause: 2 }))
    expect(await Promise.all(asks)).toEqual(['arrived', 'arrived'])
  })

  test('an actor that asks the same one twice in a row', async () => {
    await using node = await startTestNode()
    const { b } = await spawnMany(node, 'b')
    const twice = defineActor('twice', {
      on: {
        async go(_self, ref: Ref) {
          await ref.ask('walk', { road: [], pause: 1 })
          return ref.ask('walk', { road: [], pause: 1 })
        },
      },
    })
    expect(await (await node.spawn(twice)).ask('go', b as Ref)).toBe('arrived')
  })

  test('a question back to one that has given its answer meanwhile', async () => {
    await using node = await startTestNode()
    const { a, b } = await spawnMany(node, 'ab')
    expect(await a?.ask('forget', b)).toBe('gone')
    await node.settle()
    expect(await a?.ask('results')).toEqual(['arrived'])
  })

  test('a question to oneself that nobody waits for is handled after the message in hand', async () => {
    await using node = await startTestNode()
    const selfish = defineActor('selfish', {
      state: () => ({ log: [] as string[] }),
      on: {
        begin(self) {
          self.ref.tell('note', 'second')
          self.state.log.push('first')
        },
        note: (self, line: string) => void self.state.log.push(line),
        log: (self) => self.state.log,
      },
    })
    const ref = await node.spawn(selfish)
    ref.tell('begin')
    await node.settle()
    expect(await ref.ask('log')).toEqual(['first', 'second'])
  })

  test('a tell back to the one that waits, which asks in its own time', async () => {
    await using node = await startTestNode()
    const { a, b } = await spawnMany(node, 'ab')
    expect(await a?.ask('walk', { road: [b], pause: 1 })).toBe('arrived')
    b?.tell('tellOn', { ref: a, road: [b] })
    await node.settle()
    expect(node.audit().dead).toBe(0)
  })

  test('the awaits of one actor are not taken for those of another', async () => {
    await using node = await startTestNode()
    const { a, b, c } = await spawnMany(node, 'abc')
    const asks = Array.from({ length: 50 }, (_, i) =>
      i % 2 === 0 ? a?.ask('walk', { road: [c], pause: i % 5 }) : b?.ask('walk', { road: [c], pause: i % 3 }),
    )
    expect(new Set(await Promise.all(asks))).toEqual(new Set(['arrived']))
  })

  test('an ask from outside of all actors, while the actor that it asks waits for another', async () => {
    await using node = await startTestNode()
    const { a, b } = await spawnMany(node, 'ab')
    const asks = [a?.ask('walk', { road: [b], pause: 3 }), b?.ask('walk', { road: [], pause: 3 })]
    expect(await Promise.all(asks)).toEqual(['arrived', 'arrived'])
  })
})
