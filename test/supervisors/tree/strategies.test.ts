// Strategies in a running tree: who goes down and comes back with a child that has failed, and in which order.
import { describe, expect, test } from 'vitest'
import { startTestNode } from 'troupe/testing'
import { strategies } from '../../../supervisors/strategy.ts'
import { at, endsOf, eventsOf, Family, gate } from './family.ts'
import type { SpawnOptions, Strategy } from 'troupe'
import type { TestNode } from 'troupe/testing'
import type { MemberOptions } from './family.ts'

const letters = ['a', 'b', 'c', 'd', 'e']

/** Spawns `p` with one child for each option, called a, b, c, … */
async function spawnFamily(
  node: TestNode,
  strategy: Strategy,
  children: readonly { readonly options?: SpawnOptions; readonly member?: MemberOptions }[],
): Promise<Family> {
  const family = new Family()
  const parent = family.member({
    supervision: { strategy, intensity: 100 },
    starts(self) {
      for (const [i, { options, member }] of children.entries()) {
        self.spawn(family.member(member), { name: letters[i], ...options })
      }
    },
  })
  await node.spawn(parent, 'p')
  family.diary.length = 0
  return family
}

/** The letters of the children in what was written, so that a whole restart is one short line. */
const short = (news: string): string =>
  news.replaceAll('p/', '').replaceAll(' stopped', '').replaceAll(' failed', '!')

function expected(strategy: Strategy, count: number, failed: number): string {
  const first = strategy === 'one-for-all' ? 0 : failed
  const others = letters.slice(first, count).filter((_, i) => first + i !== failed)
  if (strategy === 'one-for-one') return `-${letters[failed]}! +${letters[failed]}`
  const halted = others.toReversed().map((letter) => `-${letter}`)
  const begun = letters.slice(first, count).map((letter) => `+${letter}`)
  return [`-${letters[failed]}!`, ...halted, ...begun].join(' ')
}

/** Ways to make hooks take a while or none; what follows is the same. */
const tempers: Record<string, MemberOptions> = {
  synchronous: {},
  'asynchronous starts': { starts: () => Promise.resolve() },
  'asynchronous stops': { stops: () => Promise.resolve() },
  asynchronous: { starts: () => Promise.resolve(), stops: () => Promise.resolve() },
}

for (const strategy of strategies) {
  for (const [kind, member] of Object.entries(tempers)) {
    test(`${strategy} with ${kind} hooks takes down in reverse and brings back in order, one by one`, async () => {
      for (let count = 1; count <= 5; count++) {
        for (let failed = 0; failed < count; failed++) {
          await using node = await startTestNode({ seed: count * 10 + failed })
          const family = await spawnFamily(
            node,
            strategy,
            letters.slice(0, count).map(() => ({ member })),
          )
          await node.settle()
          at(node, `p/${letters[failed]}`).tell('fail', 'now')
          await node.settle()
          expect(short(family.news())).toBe(expected(strategy, count, failed))
        }
      }
    })
  }
}

describe('one after the other', () => {
  test('no sibling begins before the one before it has started', async () => {
    await using node = await startTestNode()
    let lives = 0
    const slow = { starts: () => (++lives > 1 ? gate('strategy-start').promise : undefined) }
    const family = await spawnFamily(node, 'one-for-all', [{}, { member: slow }, {}])
    at(node, 'p/a').tell('fail', 'now')
    await node.settle()
    expect(short(family.news())).toBe('-a! -c -b +a +b')
    gate('strategy-start').resolve()
    await node.settle()
    expect(short(family.news())).toBe('+c')
  })

  test('no sibling ends before the one behind it has', async () => {
    await using node = await startTestNode()
    const slow = { stops: () => gate('strategy-stop').promise }
    const family = await spawnFamily(node, 'one-for-all', [{}, {}, { member: slow }])
    at(node, 'p/a').tell('fail', 'now')
    await node.settle()
    expect(short(family.news())).toBe('-a! -c')
    gate('strategy-stop').resolve()
    await node.settle()
    expect(short(family.news())).toBe('-b +a +b +c')
  })

  test('a sibling that is busy ends its handler first, and its mail waits for its next life', async () => {
    await using node = await startTestNode()
    const family = await spawnFamily(node, 'one-for-all', [{}, {}])
    const asked = [at(node, 'p/b').ask('wait', 'strategy-busy'), at(node, 'p/b').ask('increment')]
    await node.settle()
    at(node, 'p/a').tell('fail', 'now')
    await node.settle()
    expect(short(family.news())).toBe('-a!')
    gate('strategy-busy').resolve()
    expect(await Promise.all(asked)).toEqual(['strategy-busy', 1])
    expect(short(family.news())).toBe('-b +a +b')
  })

  test('a busy sibling is cut off at its deadline', async () => {
    await using node = await startTestNode()
    const family = await spawnFamily(node, 'one-for-all', [{}, { options: { shutdownMs: 100 } }])
    const asked = at(node, 'p/b')
      .ask('hang', undefined, { timeoutMs: 60_000 })
      .catch((fault: { code: string }) => fault.code)
    await node.settle()
    at(node, 'p/a').tell('fail', 'now')
    await node.advance(99)
    expect(short(family.news())).toBe('-a!')
    await node.advance(1)
    expect(await asked).toBe('handler-abandoned')
    expect(short(family.news())).toBe('+a +b')
  })
})

describe('siblings that are not simply alive', () => {
  test('one that has ended stays away', async () => {
    await using node = await startTestNode()
    const family = await spawnFamily(node, 'one-for-all', [{}, {}, {}])
    at(node, 'p/b').stop()
    await node.settle()
    family.news()
    at(node, 'p/c').tell('fail', 'now')
    await node.settle()
    expect(short(family.news())).toBe('-c! -a +a +c')
  })

  test('a temporary one goes for good, at its place in the order, and its watchers hear stopped', async () => {
    await using node = await startTestNode()
    const family = await spawnFamily(node, 'one-for-all', [{}, { options: { restart: 'temporary' } }, {}])
    const ends = endsOf(node, 'p/b')
    at(node, 'p/c').tell('fail', 'now')
    await node.settle()
    expect(short(family.news())).toBe('-c! -b -a +a +c')
    expect(ends).toEqual({ 'p/b': 'stopped' })
  })

  test('a temporary one that fails takes nobody along', async () => {
    await using node = await startTestNode()
    const family = await spawnFamily(node, 'one-for-all', [{}, { options: { restart: 'temporary' } }, {}])
    at(node, 'p/b').tell('fail', 'now')
    await node.settle()
    expect(short(family.news())).toBe('-b!')
  })

  test('the pause of one with a backoff holds for all that went down with it', async () => {
    await using node = await startTestNode()
    const backoff = { minMs: 1_000, jitter: 0 }
    const family = await spawnFamily(node, 'rest-for-one', [{}, { options: { backoff } }, {}])
    at(node, 'p/b').tell('fail', 'now')
    await node.settle()
    const asked = at(node, 'p/c').ask('increment')
    expect(short(family.news())).toBe('-b! -c')
    await node.advance(999)
    expect(family.news()).toBe('')
    await node.advance(1)
    expect(short(family.news())).toBe('+b +c')
    expect(await asked).toBe(1)
  })

  test('who waits out a pause is taken along by the failure of one before it, and begins with it', async () => {
    await using node = await startTestNode()
    const backoff = { minMs: 60_000, maxMs: 60_000 }
    const family = await spawnFamily(node, 'rest-for-one', [{}, {}, { options: { backoff } }])
    at(node, 'p/c').tell('fail', 'now')
    await node.settle()
    family.news()
    at(node, 'p/a').tell('fail', 'now')
    await node.settle()
    expect(short(family.news())).toBe('-a! -b +a +b +c')
    expect(node.runtime.host.timers.count).toBe(0)
  })

  test('one that stops by itself at that moment is waited for, and stays away', async () => {
    await using node = await startTestNode()
    const slow = { stops: () => gate('ends-by-itself').promise }
    const family = await spawnFamily(node, 'one-for-all', [{}, { member: slow }, {}])
    at(node, 'p/b').stop()
    await node.settle()
    at(node, 'p/a').tell('fail', 'now')
    await node.settle()
    expect(short(family.news())).toBe('-b -a! -c')
    gate('ends-by-itself').resolve()
    await node.settle()
    expect(short(family.news())).toBe('+a +c')
  })

  test('one that is suspended goes down and comes back suspended', async () => {
    await using node = await startTestNode()
    const family = await spawnFamily(node, 'one-for-all', [{}, {}])
    const cell = node.runtime.cellAt('p/b')!
    node.operator.suspend(cell)
    at(node, 'p/a').tell('fail', 'now')
    await node.settle()
    expect(short(family.news())).toBe('-a! -b +a +b')
    const asked = at(node, 'p/b').ask('increment')
    await node.settle()
    expect(cell.waiting).toBe(1)
    node.operator.resume(cell)
    expect(await asked).toBe(1)
  })
})

test('the events tell who was halted with a sibling, and that only one restart was spent', async () => {
  await using node = await startTestNode()
  await spawnFamily(node, 'rest-for-one', [{}, {}, {}])
  const events = eventsOf(node)
  at(node, 'p/b').tell('fail', 'now')
  await node.settle()
  expect(events.take()).toBe('failed p/b, halted p/c, restarted p/b, started p/b, restarted p/c, started p/c')
  expect(node.operator.outlook(node.runtime.cellAt('p/a')!)).toMatchObject({ spent: 1 })
})
