// The tests of lost ways: what a lost node has sent on goes no further, and two runtimes that wait for each other's markers give way.
import { describe, expect, test } from 'vitest'
import { Border } from '../../../transports/link/border.ts'
import { Envelope } from '../../../runtime/envelope.ts'
import { Far } from '../../../runtime/far.ts'
import { LostWays, wasSentOnBy } from '../../../transports/link/lost-ways.ts'
import { Yard } from './yard.ts'
import type { Home } from '../../../transports/link/record.ts'
import type { Traveller } from '../../../transports/link/traveller.ts'

function message(name: string, via: readonly number[] | undefined): Traveller {
  const to = new Far('r')
  return {
    type: 'message',
    to,
    envelope: new Envelope(to, name, null, undefined, undefined),
    hops: via?.length ?? 0,
    via,
  }
}

describe('what was sent on by a node', () => {
  test.each<[via: readonly number[] | undefined, is: boolean]>([
    [undefined, false],
    [[-3, 0], false],
    [[-3, -3, 0], false],
    [[-4, -3, 0], true],
    [[-3, -4, -3, 0], true],
    [[-3, -4, 0], false],
  ])('by way of %j: %s', (via, is) => {
    expect(wasSentOnBy(-3, via)).toBe(is)
  })

  test('and waits here for its way is a dead letter once that node is lost; what is from the node itself waits on', async () => {
    const yard = new Yard(1)
    const { roads, runtime } = yard.station(0)
    yard.holdAnswers()
    roads.route(message('sent on', [-4, -3, 0]))
    roads.route(message('its own', [-3, 0]))
    new LostWays(roads, undefined).nodeLost(-3)
    expect(runtime.host.deadLetters.counts()).toEqual({ 'node-lost': 1 })
    expect(yard.dead(0)).toEqual([{ reason: 'node-lost', name: 'sent on' }])
    expect(roads.held).toBe(1)
  })

  test('and waits on a road that is held is a dead letter too, and what waits behind it keeps its place', async () => {
    const yard = new Yard(2)
    const log = await yard.root(0, 'r')
    yard.leave(0, 'r')
    const { roads } = yard.station(0)
    roads.route(message('sent on', [-4, -3, 0]))
    yard.ref(0, 'r').tell('note', 1)
    yard.ref(0, 'r').tell('note', 2)
    new LostWays(roads, undefined).nodeLost(-3)
    expect(yard.dead(0)).toEqual([{ reason: 'node-lost', name: 'sent on' }])
    roads.left(await yard.come(1, 'r', log))
    await yard.settle()
    expect(log).toEqual([1, 2])
  })

  test('that is lost already is not taken in any more; what comes from the node itself is', () => {
    const { roads } = new Yard(1).station(0)
    const ways = new LostWays(roads, undefined)
    expect(ways.leadsTo([-4, -3])).toBe(false)
    roads.links.lose(-3)
    expect([ways.leadsTo([-4, -3]), ways.leadsTo([-3, -4]), ways.leadsTo(undefined)]).toEqual([
      true,
      false,
      false,
    ])
  })
})

test('a node that was removed lets go of all that came from others, and takes in no more of it until it is a member again', () => {
  const yard = new Yard(1)
  const { roads } = yard.station(0)
  const border = new Border()
  const ways = new LostWays(roads, border)
  yard.holdAnswers()
  roads.route(message('from another', [-4, 0]))
  roads.route(message('from here', undefined))
  ways.removed()
  expect(yard.dead(0)).toEqual([{ reason: 'node-lost', name: 'from another' }])
  expect(roads.held).toBe(1)
  expect([ways.leadsTo([-4, 0, 1]), ways.leadsTo([2, 0, 1])]).toEqual([true, false])
  border.member = 7
  expect(ways.leadsTo([-4, 0, 1])).toBe(false)
})

/** Two that think of each other that they have a root, which lives in the third. */
class Mistaken extends Yard {
  override homeFor(thread: number, path: string): Home | undefined {
    return thread === 2 ? super.homeFor(thread, path) : { top: 'r', thread: 1 - thread, epoch: 1 }
  }
}

test('two that wait behind each other for their markers to come back let go what is the other one’s', async () => {
  const yard = new Mistaken(3)
  const log = await yard.root(2, 'r')
  const home = { top: 'r', thread: 2, epoch: 9 }
  for (const thread of [0, 1]) yard.ref(thread, 'r').tell('note', `first of ${thread}`)
  for (const thread of [0, 1]) yard.station(thread).roads.moved(home)
  for (const thread of [0, 1]) yard.ref(thread, 'r').tell('note', `second of ${thread}`)
  await yard.settle()
  expect(log).toEqual([])
  await yard.clock.advance(1_000)
  await yard.settle()
  for (const thread of [0, 1])
    expect(log.filter((one) => String(one).endsWith(`of ${thread}`))).toEqual([
      `first of ${thread}`,
      `second of ${thread}`,
    ])
  expect(yard.station(0).roads.flushing + yard.station(1).roads.flushing).toBe(0)
})
