// Group restarts that are disturbed while siblings are halted or wait out a pause: by failures, kills, stops and orders.
import { describe, expect, test } from 'vitest'
import { startTestNode } from 'troupe/testing'
import { at, endsOf, eventsOf, gate } from './family.ts'
import { names, newsOf, onLife, spawnSiblings } from './siblings.ts'
import type { MemberOptions } from './family.ts'

describe('while siblings are halted', () => {
  const slowStop = (name: string): Record<string, MemberOptions> => ({
    c: { stops: onLife(1, () => gate(name).promise) },
  })

  test('a further failure of one in the queue joins it, and all begin once', async () => {
    await using node = await startTestNode()
    const family = await spawnSiblings(node, { strategy: 'one-for-all' }, slowStop('halting-member'))
    at(node, 'p/d').tell('fail', 'first')
    await node.settle()
    expect(newsOf(family)).toBe('-d! -c')
    at(node, 'p/a').tell('fail', 'second')
    await node.settle()
    expect(family.news()).toBe('')
    gate('halting-member').resolve()
    await node.settle()
    expect(newsOf(family)).toBe('-a! -b +a +b +c +d')
    expect(node.operator.outlook(node.runtime.cellAt('p/a')!)).toMatchObject({ spent: 2 })
  })

  test('the failure of an outsider widens the restart', async () => {
    await using node = await startTestNode()
    const family = await spawnSiblings(
      node,
      { strategy: 'rest-for-one' },
      {
        d: { stops: onLife(1, () => gate('halting-outsider').promise) },
      },
    )
    at(node, 'p/c').tell('fail', 'first')
    await node.settle()
    expect(newsOf(family)).toBe('-c! -d')
    at(node, 'p/a').tell('fail', 'second')
    await node.settle()
    gate('halting-outsider').resolve()
    await node.settle()
    expect(newsOf(family)).toBe('-a! -b +a +b +c +d')
  })

  test('a further failure that concerns fewer leaves nobody out whom the first one concerns', async () => {
    await using node = await startTestNode()
    const family = await spawnSiblings(
      node,
      { strategy: 'rest-for-one' },
      { a: { stops: onLife(1, () => gate('halting-fewer').promise) } },
    )
    at(node, 'p/a').tell('fail', 'first')
    await node.settle()
    at(node, 'p/c').tell('fail', 'second')
    await node.settle()
    gate('halting-fewer').resolve()
    await node.settle()
    expect(newsOf(family)).toBe('-a! -c! -d -b +a +b +c +d')
  })

  test('one that is killed in the queue still comes back with the others, once', async () => {
    await using node = await startTestNode()
    const family = await spawnSiblings(node, { strategy: 'one-for-all' }, slowStop('halting-kill'))
    at(node, 'p/d').tell('fail', 'first')
    await node.settle()
    family.news()
    at(node, 'p/a').kill()
    gate('halting-kill').resolve()
    await node.settle()
    expect(newsOf(family)).toBe('-b +a +b +c +d')
  })

  test('one that is asked to stop does not come back, one that its parent stops neither', async () => {
    await using node = await startTestNode()
    const family = await spawnSiblings(node, { strategy: 'one-for-all' }, slowStop('halting-stop'))
    const ends = endsOf(node, 'p/c', 'p/d')
    at(node, 'p/d').tell('fail', 'first')
    await node.settle()
    family.news()
    at(node, 'p/c').stop()
    at(node, 'p/d').stop()
    gate('halting-stop').resolve()
    await node.settle()
    expect(newsOf(family)).toBe('-b -a +a +b')
    expect(ends).toEqual({ 'p/c': 'stopped', 'p/d': 'stopped' })
  })

  test('a handler that fails in a sibling that is being halted is no further failure', async () => {
    await using node = await startTestNode()
    const family = await spawnSiblings(
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
    expect(newsOf(family).endsWith('+a +b +c +d')).toBe(true)
  })

  test('the parent can be stopped: those that are down end, nobody begins', async () => {
    await using node = await startTestNode()
    const family = await spawnSiblings(node, { strategy: 'one-for-all' }, slowStop('halting-parent'))
    const ends = endsOf(node, 'p', 'p/a', 'p/b', 'p/c', 'p/d')
    at(node, 'p/d').tell('fail', 'first')
    await node.settle()
    family.news()
    at(node, 'p').stop()
    await node.settle()
    gate('halting-parent').resolve()
    await node.settle()
    expect(newsOf(family)).toBe('-b -a -p')
    expect(Object.values(ends)).toEqual(['stopped', 'stopped', 'stopped', 'stopped', 'stopped'])
  })

  test('the parent can fail: its next life has children of its own, and nothing of the old restart', async () => {
    await using node = await startTestNode()
    const family = await spawnSiblings(node, { strategy: 'one-for-all' }, slowStop('halting-failure'))
    at(node, 'p/d').tell('fail', 'first')
    await node.settle()
    family.news()
    at(node, 'p').tell('fail', 'as well')
    await node.settle()
    gate('halting-failure').resolve()
    await node.settle()
    expect(newsOf(family)).toBe('-b -a -p! +p +a +b +c +d')
    at(node, 'p/b').tell('fail', 'anew')
    await node.settle()
    expect(newsOf(family)).toBe('-b! -d -c -a +a +b +c +d')
  })
})

describe('during the pause of a backoff', () => {
  const backoff = { minMs: 1_000, maxMs: 1_000, jitter: 0 }
  const pausing: Record<string, MemberOptions> = { b: { child: { backoff } } }

  test('mail is kept for all, and nobody begins before its end', async () => {
    await using node = await startTestNode()
    const family = await spawnSiblings(node, { strategy: 'one-for-all' }, pausing)
    at(node, 'p/b').tell('fail', 'first')
    await node.settle()
    const asked = names.map((name) => at(node, `p/${name}`).ask('increment'))
    await node.advance(999)
    expect(newsOf(family)).toBe('-b! -d -c -a')
    await node.advance(1)
    expect(await Promise.all(asked)).toEqual([1, 1, 1, 1])
    expect(newsOf(family)).toBe('+a +b +c +d')
  })

  test('it begins when the last halt is over', async () => {
    await using node = await startTestNode()
    const family = await spawnSiblings(
      node,
      { strategy: 'one-for-all' },
      { ...pausing, c: { stops: onLife(1, () => gate('pause-after-halt').promise) } },
    )
    at(node, 'p/b').tell('fail', 'first')
    await node.advance(500)
    gate('pause-after-halt').resolve()
    await node.advance(999)
    expect(newsOf(family)).toBe('-b! -d -c -a')
    await node.advance(1)
    expect(newsOf(family)).toBe('+a +b +c +d')
  })

  test('an order while siblings are still halted means that there will be none', async () => {
    await using node = await startTestNode()
    const family = await spawnSiblings(
      node,
      { strategy: 'one-for-all' },
      { ...pausing, c: { stops: onLife(1, () => gate('order-before-pause').promise) } },
    )
    at(node, 'p/b').tell('fail', 'first')
    await node.settle()
    node.operator.restart(node.runtime.cellAt('p/b')!)
    gate('order-before-pause').resolve()
    await node.settle()
    expect(newsOf(family)).toBe('-b! -d -c -a +a +b +c +d')
  })

  test('the failure of an outsider ends it', async () => {
    await using node = await startTestNode()
    const family = await spawnSiblings(node, { strategy: 'rest-for-one' }, pausing)
    at(node, 'p/b').tell('fail', 'first')
    await node.settle()
    at(node, 'p/a').tell('fail', 'second')
    await node.settle()
    expect(newsOf(family)).toBe('-b! -d -c -a! +a +b +c +d')
  })

  test('a kill of one that waits is no end of a life, a stop keeps it away', async () => {
    await using node = await startTestNode()
    const family = await spawnSiblings(node, { strategy: 'one-for-all' }, pausing)
    at(node, 'p/b').tell('fail', 'first')
    await node.settle()
    const events = eventsOf(node)
    at(node, 'p/c').kill()
    at(node, 'p/d').stop()
    await node.settle()
    expect(events.take()).toBe('stopped p/d')
    await node.advance(1_000)
    expect(newsOf(family)).toBe('-b! -d -c -a +a +b +c')
  })

  test('an order to restart one that waits begins all now', async () => {
    await using node = await startTestNode()
    const family = await spawnSiblings(node, { strategy: 'one-for-all' }, pausing)
    at(node, 'p/b').tell('fail', 'first')
    await node.settle()
    family.news()
    node.operator.restart(node.runtime.cellAt('p/c')!)
    await node.settle()
    expect(newsOf(family)).toBe('+a +b +c +d')
    expect(node.runtime.host.timers.count).toBe(0)
  })

  test('a stop of the parent takes its timer along', async () => {
    await using node = await startTestNode()
    await spawnSiblings(node, { strategy: 'one-for-all' }, pausing)
    at(node, 'p/b').tell('fail', 'first')
    await node.settle()
    expect(node.runtime.host.timers.count).toBe(1)
    at(node, 'p').stop()
    await node.settle()
    expect(node.runtime.host.timers.count).toBe(0)
  })
})
