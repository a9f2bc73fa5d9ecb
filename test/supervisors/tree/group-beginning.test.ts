// Group restarts that are disturbed while siblings begin: by starts that fail, by failures and by stops.
import { describe, expect, test } from 'vitest'
import { startTestNode } from 'troupe/testing'
import { at, endsOf, eventsOf, gate } from './family.ts'
import { names, newsOf, onLife, spawnSiblings } from './siblings.ts'

describe('while siblings begin', () => {
  test('a start that fails is a failure: what has begun is halted again, and all begin anew', async () => {
    await using node = await startTestNode()
    const failing = { starts: onLife(2, () => Promise.reject(new Error('not yet'))) }
    const family = await spawnSiblings(node, { strategy: 'one-for-all' }, { c: failing })
    at(node, 'p/d').tell('fail', 'first')
    await node.settle()
    expect(newsOf(family)).toBe('-d! -c -b -a +a +b +c -b -a +a +b +c +d')
    expect(node.operator.outlook(node.runtime.cellAt('p/a')!)).toMatchObject({ spent: 2 })
  })

  test('a synchronous start that fails lets nobody behind it begin before the decision', async () => {
    await using node = await startTestNode()
    const throwing = onLife(2, () => {
      throw new Error('not yet')
    })
    const family = await spawnSiblings(node, { strategy: 'rest-for-one' }, { c: { starts: throwing } })
    at(node, 'p/b').tell('fail', 'first')
    await node.settle()
    expect(newsOf(family)).toBe('-b! -d -c +b +c +c +d')
  })

  test('one that is told to stop before its turn has come does not begin', async () => {
    await using node = await startTestNode()
    const slow = { starts: onLife(2, () => gate('begin-stop').promise) }
    const family = await spawnSiblings(node, { strategy: 'one-for-all' }, { a: slow })
    at(node, 'p/d').tell('fail', 'first')
    await node.settle()
    expect(newsOf(family)).toBe('-d! -c -b -a +a')
    at(node, 'p/b').stop()
    gate('begin-stop').resolve()
    await node.settle()
    expect(newsOf(family)).toBe('+c +d')
    expect(node.find('p/b')).toBeUndefined()
  })

  test('a failure of one that has begun already joins the restart', async () => {
    await using node = await startTestNode()
    const slow = { starts: onLife(2, () => gate('begin-member').promise) }
    const family = await spawnSiblings(node, { strategy: 'one-for-all' }, { c: slow })
    at(node, 'p/d').tell('fail', 'first')
    await node.settle()
    expect(newsOf(family)).toBe('-d! -c -b -a +a +b +c')
    at(node, 'p/a').tell('fail', 'second')
    await node.settle()
    expect(family.news()).toBe('')
    gate('begin-member').resolve()
    await node.settle()
    expect(newsOf(family)).toBe('-a! -c -b +a +b +c +d')
  })

  test('the failure of an outsider takes all of it down again', async () => {
    await using node = await startTestNode()
    const slow = { starts: onLife(2, () => gate('begin-outsider').promise) }
    const family = await spawnSiblings(node, { strategy: 'rest-for-one' }, { c: slow })
    at(node, 'p/b').tell('fail', 'first')
    await node.settle()
    at(node, 'p/a').tell('fail', 'second')
    await node.settle()
    expect(newsOf(family)).toBe('-b! -d -c +b +c')
    gate('begin-outsider').resolve()
    await node.settle()
    expect(newsOf(family)).toBe('-a! -c -b +a +b +c +d')
  })

  test('the budget can run out in it: all end in reverse, and the parent has failed', async () => {
    await using node = await startTestNode()
    let lives = 0
    const hopeless = {
      starts: () => {
        if (++lives > 1 && lives <= 4) throw new Error('not for this parent')
      },
    }
    const family = await spawnSiblings(node, { strategy: 'one-for-all', intensity: 3 }, { c: hopeless })
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
    const family = await spawnSiblings(node, { strategy: 'one-for-all' }, { c: slow })
    at(node, 'p/a').tell('fail', 'first')
    await node.settle()
    family.news()
    at(node, 'p').stop()
    await node.settle()
    gate('begin-parent').resolve()
    await node.settle()
    expect(newsOf(family)).toBe('-c -b -a -p')
    expect(node.find('p')).toBeUndefined()
  })
})

test('an order to restart one concerns it alone, also in a group', async () => {
  await using node = await startTestNode()
  const family = await spawnSiblings(node, { strategy: 'one-for-all' })
  node.operator.restart(node.runtime.cellAt('p/b')!)
  await node.settle()
  expect(newsOf(family)).toBe('-b +b')
  expect(node.operator.outlook(node.runtime.cellAt('p/b')!)).toMatchObject({ spent: 0 })
})

test('failures of all siblings at once are each decided once', async () => {
  await using node = await startTestNode()
  const family = await spawnSiblings(node, { strategy: 'one-for-all' })
  const events = eventsOf(node)
  for (const name of names) at(node, `p/${name}`).tell('fail', 'together')
  await node.settle()
  const kinds = events.take()
  const spent = node.operator.outlook(node.runtime.cellAt('p/a')!)!.spent
  expect(kinds.match(/failed p/g)).toHaveLength(spent)
  expect(await Promise.all(names.map((name) => at(node, `p/${name}`).ask('value')))).toEqual([0, 0, 0, 0])
  expect(newsOf(family).endsWith('+a +b +c +d')).toBe(true)
})
