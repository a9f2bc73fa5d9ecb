// Group restarts that are disturbed: by failures, kills, stops and orders, in each of their phases.
import { describe, expect, test } from 'vitest'
import { startTestNode } from 'troupe/testing'
import { at, endsOf, eventsOf, Family, gate } from './family.ts'
import type { SupervisionSpec } from 'troupe'
import type { TestNode } from 'troupe/testing'
import type { MemberOptions } from './family.ts'

const names = ['a', 'b', 'c', 'd']

/** Spawns `p` with a, b, c and d; the options of each by its name. */
async function spawnFamily(
  node: TestNode,
  supervision: Partial<SupervisionSpec>,
  members: Record<string, MemberOptions> = {},
): Promise<Family> {
  const family = new Family()
  const parent = family.member({
    supervision: { intensity: 100, ...supervision },
    starts: (self) => void names.forEach((name) => self.spawn(family.member(members[name]), name)),
  })
  await node.spawn(parent, 'p')
  family.diary.length = 0
  return family
}

const short = (news: string): string =>
  news.replaceAll('p/', '').replaceAll(' stopped', '').replaceAll(' failed', '!')
const wholeNews = (family: Family): string => short(family.news())

/** Runs `later` at the life of that number only, counted from 1. */
function onLife(number: number, later: () => unknown): () => unknown {
  let lives = 0
  return () => (++lives === number ? later() : undefined)
}

describe('while siblings are halted', () => {
  const slowStop = (name: string): Record<string, MemberOptions> => ({
    c: { stops: onLife(1, () => gate(name).promise) },
  })

  test('a further failure of one in the queue joins it, and all begin once', async () => {
    await using node = await startTestNode()
    const family = await spawnFamily(node, { strategy: 'one-for-all' }, slowStop('halting-member'))
    at(node, 'p/d').tell('fail', 'first')
    await node.settle()
    expect(wholeNews(family)).toBe('-d! -c')
    at(node, 'p/a').tell('fail', 'second')
    await node.settle()
    expect(family.news()).toBe('')
    gate('halting-member').resolve()
    await node.settle()
    expect(wholeNews(family)).toBe('-a! -b +a +b +c +d')
    expect(node.operator.outlook(node.runtime.cellAt('p/a')!)).toMatchObject({ spent: 2 })
  })

  test('the failure of an outsider widens the restart', async () => {
    await using node = await startTestNode()
    const family = await spawnFamily(
      node,
      { strategy: 'rest-for-one' },
      {
        d: { stops: onLife(1, () => gate('halting-outsider').promise) },
      },
    )
    at(node, 'p/c').tell('fail', 'first')
    await node.settle()
    expect(wholeNews(family)).toBe('-c! -d')
    at(node, 'p/a').tell('fail', 'second')
    await node.settle()
    gate('halting-outsider').resolve()
    await node.settle()
    expect(wholeNews(family)).toBe('-a! -b +a +b +c +d')
  })

  test('one that is killed in the queue still comes back with the others, once', async () => {
    await using node = await startTestNode()
    const family = await spawnFamily(node, { strategy: 'one-for-all' }, slowStop('halting-kill'))
    at(node, 'p/d').tell('fail', 'first')
    await node.settle()
    family.news()
    at(node, 'p/a').kill()
    gate('halting-kill').resolve()
    await node.settle()
    expect(wholeNews(family)).toBe('-b +a +b +c +d')
  })

  test('one that is asked to stop does not come back, one that its parent stops neither', async () => {
    await using node = await startTestNode()
    const family = await spawnFamily(node, { strategy: 'one-for-all' }, slowStop('halting-stop'))
    const ends = endsOf(node, 'p/c', 'p/d')
    at(node, 'p/d').tell('fail', 'first')
    await node.settle()
    family.news()
    at(node, 'p/c').stop()
    at(node, 'p/d').stop()
    gate('halting-stop').resolve()
    await node.settle()
    expect(wholeNews(family)).toBe('-b -a +a +b')
    expect(ends).toEqual({ 'p/c': 'stopped', 'p/d': 'stopped' })
  })

  test('a handler that fails in a sibling that is being halted is no further failure', async () => {
    await using node = await startTestNode()
    const family = await spawnFamily(
      node,
      { strategy: 'one-for-all', intensity: 1 },
      {
        b: { stops: () => undefined },
      },
    )
    const events = eventsOf(node)
    const asked = at(node, 'p/b').ask('wait', 'fails-in-halt-of-group')
    const failing = at(node, 'p/d')
      .ask('failLate')
      .catch((fault: { code: string }) => fault.code)
    at(node, 'p/a').tell('fail', 'first')
    expect(await failing).toBe('handler-failed')
    gate('fails-in-halt-of-group').resolve()
    await asked
    await node.settle()
    const kinds = events.take()
    expect(kinds.match(/\bfailed p/g)?.length).toBeLessThanOrEqual(2)
    expect(wholeNews(family).endsWith('+a +b +c +d')).toBe(true)
  })

  test('the parent can be stopped: those that are down end, nobody begins', async () => {
    await using node = await startTestNode()
    const family = await spawnFamily(node, { strategy: 'one-for-all' }, slowStop('halting-parent'))
    const ends = endsOf(node, 'p', 'p/a', 'p/b', 'p/c', 'p/d')
    at(node, 'p/d').tell('fail', 'first')
    await node.settle()
    family.news()
    at(node, 'p').stop()
    await node.settle()
    gate('halting-parent').resolve()
    await node.settle()
    expect(short(family.news())).toBe('-b -a -p')
    expect(Object.values(ends)).toEqual(['stopped', 'stopped', 'stopped', 'stopped', 'stopped'])
  })

  test('the parent can fail: its next life has children of its own, and nothing of the old restart', async () => {
    await using node = await startTestNode()
    const family = await spawnFamily(node, { strategy: 'one-for-all' }, slowStop('halting-failure'))
    at(node, 'p/d').tell('fail', 'first')
    await node.settle()
    family.news()
    at(node, 'p').tell('fail', 'as well')
    await node.settle()
    gate('halting-failure').resolve()
    await node.settle()
    expect(wholeNews(family)).toBe('-b -a -p! +p +a +b +c +d')
    at(node, 'p/b').tell('fail', 'anew')
    await node.settle()
    expect(wholeNews(family)).toBe('-b! -d -c -a +a +b +c +d')
  })
})

describe('during the pause of a backoff', () => {
  const backoff = { minMs: 1_000, maxMs: 1_000, jitter: 0 }
  const pausing: Record<string, MemberOptions> = { b: { child: { backoff } } }

  test('mail is kept for all, and nobody begins before its end', async () => {
    await using node = await startTestNode()
    const family = await spawnFamily(node, { strategy: 'one-for-all' }, pausing)
    at(node, 'p/b').tell('fail', 'first')
    await node.settle()
    const asked = names.map((name) => at(node, `p/${name}`).ask('increment'))
    await node.advance(999)
    expect(wholeNews(family)).toBe('-b! -d -c -a')
    await node.advance(1)
    expect(await Promise.all(asked)).toEqual([1, 1, 1, 1])
    expect(wholeNews(family)).toBe('+a +b +c +d')
  })

  test('the failure of an outsider ends it', async () => {
    await using node = await startTestNode()
    const family = await spawnFamily(node, { strategy: 'rest-for-one' }, pausing)
    at(node, 'p/b').tell('fail', 'first')
    await node.settle()
    at(node, 'p/a').tell('fail', 'second')
    await node.settle()
    expect(wholeNews(family)).toBe('-b! -d -c -a! +a +b +c +d')
  })

  test('a kill of one that waits is no end of a life, a stop keeps it away', async () => {
    await using node = await startTestNode()
    const family = await spawnFamily(node, { strategy: 'one-for-all' }, pausing)
    at(node, 'p/b').tell('fail', 'first')
    await node.settle()
    const events = eventsOf(node)
    at(node, 'p/c').kill()
    at(node, 'p/d').stop()
    await node.settle()
    expect(events.take()).toBe('stopped p/d')
    await node.advance(1_000)
    expect(wholeNews(family)).toBe('-b! -d -c -a +a +b +c')
  })

  test('an order to restart one that waits begins all now', async () => {
    await using node = await startTestNode()
    const family = await spawnFamily(node, { strategy: 'one-for-all' }, pausing)
    at(node, 'p/b').tell('fail', 'first')
    await node.settle()
    family.news()
    node.operator.restart(node.runtime.cellAt('p/c')!)
    await node.settle()
    expect(wholeNews(family)).toBe('+a +b +c +d')
    expect(node.runtime.host.timers.count).toBe(0)
  })

  test('a stop of the parent takes its timer along', async () => {
    await using node = await startTestNode()
    await spawnFamily(node, { strategy: 'one-for-all' }, pausing)
    at(node, 'p/b').tell('fail', 'first')
    await node.settle()
    expect(node.runtime.host.timers.count).toBe(1)
    at(node, 'p').stop()
    await node.settle()
    expect(node.runtime.host.timers.count).toBe(0)
  })
})

describe('while siblings begin', () => {
  test('a start that fails is a failure: what has begun is halted again, and all begin anew', async () => {
    await using node = await startTestNode()
    const failing = { starts: onLife(2, () => Promise.reject(new Error('not yet'))) }
    const family = await spawnFamily(node, { strategy: 'one-for-all' }, { c: failing })
    at(node, 'p/d').tell('fail', 'first')
    await node.settle()
    expect(wholeNews(family)).toBe('-d! -c -b -a +a +b +c -b -a +a +b +c +d')
    expect(node.operator.outlook(node.runtime.cellAt('p/a')!)).toMatchObject({ spent: 2 })
  })

  test('a synchronous start that fails lets nobody behind it begin before the decision', async () => {
    await using node = await startTestNode()
    const throwing = onLife(2, () => {
      throw new Error('not yet')
    })
    const family = await spawnFamily(node, { strategy: 'rest-for-one' }, { c: { starts: throwing } })
    at(node, 'p/b').tell('fail', 'first')
    await node.settle()
    expect(wholeNews(family)).toBe('-b! -d -c +b +c +c +d')
  })

  test('a failure of one that has begun already joins the restart', async () => {
    await using node = await startTestNode()
    const slow = { starts: onLife(2, () => gate('begin-member').promise) }
    const family = await spawnFamily(node, { strategy: 'one-for-all' }, { c: slow })
    at(node, 'p/d').tell('fail', 'first')
    await node.settle()
    expect(wholeNews(family)).toBe('-d! -c -b -a +a +b +c')
    at(node, 'p/a').tell('fail', 'second')
    await node.settle()
    expect(family.news()).toBe('')
    gate('begin-member').resolve()
    await node.settle()
    expect(wholeNews(family)).toBe('-a! -c -b +a +b +c +d')
  })

  test('the failure of an outsider takes all of it down again', async () => {
    await using node = await startTestNode()
    const slow = { starts: onLife(2, () => gate('begin-outsider').promise) }
    const family = await spawnFamily(node, { strategy: 'rest-for-one' }, { c: slow })
    at(node, 'p/b').tell('fail', 'first')
    await node.settle()
    at(node, 'p/a').tell('fail', 'second')
    await node.settle()
    expect(wholeNews(family)).toBe('-b! -d -c +b +c')
    gate('begin-outsider').resolve()
    await node.settle()
    expect(wholeNews(family)).toBe('-a! -c -b +a +b +c +d')
  })

  test('the budget can run out in it: all end in reverse, and the parent has failed', async () => {
    await using node = await startTestNode()
    let lives = 0
    const hopeless = {
      starts: () => {
        if (++lives > 1 && lives <= 4) throw new Error('not for this parent')
      },
    }
    const family = await spawnFamily(node, { strategy: 'one-for-all', intensity: 3 }, { c: hopeless })
    const ends = endsOf(node, 'p/a', 'p/b', 'p/c', 'p/d')
    const events = eventsOf(node)
    at(node, 'p/a').tell('fail', 'first')
    await node.settle()
    const first = events.take().split(', ')
    expect(first.filter((line) => line === 'failed p/c')).toHaveLength(3)
    expect(first).toContain('escalated p')
    expect(ends['p/c']).toBe('failed restarts-exhausted')
    expect(ends['p/d']).toBe('stopped')
    expect(family.news()).toContain('-p/b stopped -p/a stopped -p failed +p +p/a +p/b +p/c +p/d')
  })

  test('a stop of the parent waits for the start and ends what has begun', async () => {
    await using node = await startTestNode()
    const slow = { starts: onLife(2, () => gate('begin-parent').promise) }
    const family = await spawnFamily(node, { strategy: 'one-for-all' }, { c: slow })
    at(node, 'p/a').tell('fail', 'first')
    await node.settle()
    family.news()
    at(node, 'p').stop()
    await node.settle()
    gate('begin-parent').resolve()
    await node.settle()
    expect(wholeNews(family)).toBe('-c -b -a -p')
    expect(node.find('p')).toBeUndefined()
  })
})

test('an order to restart one concerns it alone, also in a group', async () => {
  await using node = await startTestNode()
  const family = await spawnFamily(node, { strategy: 'one-for-all' })
  node.operator.restart(node.runtime.cellAt('p/b')!)
  await node.settle()
  expect(wholeNews(family)).toBe('-b +b')
  expect(node.operator.outlook(node.runtime.cellAt('p/b')!)).toMatchObject({ spent: 0 })
})

test('failures of all siblings at once are each decided once', async () => {
  await using node = await startTestNode()
  const family = await spawnFamily(node, { strategy: 'one-for-all' })
  const events = eventsOf(node)
  for (const name of names) at(node, `p/${name}`).tell('fail', 'together')
  await node.settle()
  const kinds = events.take()
  const spent = node.operator.outlook(node.runtime.cellAt('p/a')!)!.spent
  expect(kinds.match(/failed p/g)).toHaveLength(spent)
  expect(await Promise.all(names.map((name) => at(node, `p/${name}`).ask('value')))).toEqual([0, 0, 0, 0])
  expect(wholeNews(family).endsWith('+a +b +c +d')).toBe(true)
})
