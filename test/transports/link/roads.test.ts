// Tests of roads: messages find whoever lives elsewhere, each sender's in its order, while homes change and wires end.
import { describe, expect, test } from 'vitest'
import { hopsMax } from '../../../transports/link/dispatch.ts'
import { heldMax } from '../../../transports/link/roads.ts'
import { roadsMax } from '../../../transports/link/road-map.ts'
import { seededRandom } from '../../../runtime/random.ts'
import { Yard } from './yard.ts'
import type { Home } from '../../../transports/link/record.ts'
import type { LocalRef } from '../../../runtime/ref.ts'

const upTo = (count: number): number[] => [...Array(count).keys()]

/** How it was refused. */
function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'kept',
    (fault: unknown) => Object(fault).code,
  )
}

function tellAll(ref: LocalRef, payloads: readonly unknown[]): void {
  for (const payload of payloads) ref.tell('note', payload)
}

describe('while nobody knows where a path leads', () => {
  test('messages wait in order, and it is asked for once', async () => {
    const yard = new Yard(2)
    const log = await yard.root(1, 'a')
    yard.holdAnswers()
    tellAll(yard.ref(0, 'a'), [1, 2])
    const asked = yard.ref(0, 'a').ask('count')
    // Another ref of the same actor is the same actor.
    tellAll(yard.ref(0, 'a'), [3])
    expect(yard.station(0).roads.held).toBe(4)
    yard.giveAnswers()
    expect(await asked).toBe(2)
    expect(log).toEqual([1, 2, 3])
    expect(yard.questions).toEqual(['a'])
    expect(yard.station(0).roads.held).toBe(0)
  })

  test('no more wait than may', async () => {
    const yard = new Yard(2)
    const log = await yard.root(1, 'a')
    yard.holdAnswers()
    const ref = yard.ref(0, 'a')
    tellAll(ref, upTo(heldMax + 2))
    expect(yard.station(0).runtime.host.deadLetters.counts()).toEqual({ 'wire-full': 2 })
    yard.giveAnswers()
    await yard.settle()
    expect(log).toEqual(upTo(heldMax))
  })

  test('no more wait than may for all paths together', async () => {
    const yard = new Yard(2)
    yard.holdAnswers()
    for (const index of upTo(10)) tellAll(yard.ref(0, `a${index}`), upTo(heldMax / 10 + 1))
    expect(yard.station(0).roads.held).toBe(heldMax)
    expect(yard.station(0).runtime.host.deadLetters.counts()).toEqual({ 'wire-full': 10 })
  })

  test('an ask and an offer that wait end at their time', async () => {
    const yard = new Yard(2)
    const log = await yard.root(1, 'a')
    yard.holdAnswers()
    const ref = yard.ref(0, 'a')
    const asked = codeOf(ref.ask('count', null, { timeoutMs: 50 }))
    const offered = codeOf(ref.offer('note', 1, { timeoutMs: 50 }))
    await yard.clock.advance(5_000)
    expect([await asked, await offered]).toEqual(['ask-expired', 'offer-expired'])
    yard.giveAnswers()
    await yard.clock.advance(5_000)
    expect(log).toEqual([])
    expect(yard.station(0).replies.count).toBe(0)
  })
})

describe('where nobody lives', () => {
  const unknown = expect.objectContaining({ code: 'actor-unknown' })

  test('a tell is a dead letter where it was sent, an ask and an offer end at once', async () => {
    const yard = new Yard(2)
    const ref = yard.ref(0, 'nobody')
    ref.tell('note', 1)
    ref.stop()
    ref.kill()
    await expect(ref.ask('count')).rejects.toEqual(unknown)
    await expect(ref.offer('note')).rejects.toEqual(unknown)
    expect(yard.dead(0).map(({ reason }) => reason)).toEqual(['actor-unknown', 'actor-unknown'])
  })

  test('below a root that lives elsewhere it is a dead letter there', async () => {
    const yard = new Yard(2)
    await yard.root(1, 'a')
    const ref = yard.ref(0, 'a/nobody')
    ref.tell('note', 1)
    await expect(ref.ask('count')).rejects.toEqual(unknown)
    await expect(ref.offer('note')).rejects.toEqual(unknown)
    expect(yard.dead(0)).toEqual([])
    expect(yard.dead(1)).toHaveLength(2)
  })

  test('below a root that lives here nobody else is asked', async () => {
    const yard = new Yard(2)
    await yard.root(0, 'a')
    yard.ref(0, 'a/nobody').tell('note', 1)
    await yard.settle()
    expect(yard.dead(0)).toHaveLength(1)
  })

  test('a root that comes to be there later gets what is sent from then on', async () => {
    const yard = new Yard(2)
    const ref = yard.ref(0, 'a')
    ref.tell('note', 'early')
    await yard.settle()
    const log = await yard.root(1, 'a')
    ref.tell('note', 'late')
    await yard.settle()
    expect(log).toEqual(['late'])
  })
})

describe('a root that has moved', () => {
  async function moved(options: ConstructorParameters<typeof Yard>[1] = {}): Promise<{
    yard: Yard
    log: unknown[]
    ref: LocalRef
  }> {
    const yard = new Yard(3, options)
    const log = await yard.root(1, 'a')
    const ref = yard.ref(0, 'a')
    tellAll(ref, ['before'])
    await yard.clock.advance(1_000)
    yard.leave(1, 'a')
    return { yard, log, ref }
  }

  async function come(yard: Yard, log: unknown[], to = 2, from = 1): Promise<void> {
    const home = await yard.come(to, 'a', log)
    yard.station(from).roads.left(home)
  }

  test('has what comes during the move wait, in order', async () => {
    const { yard, log, ref } = await moved()
    tellAll(ref, [1, 2])
    await yard.settle()
    tellAll(ref, [3])
    tellAll(yard.ref(1, 'a'), ['there'])
    await yard.settle()
    expect([log, yard.station(1).roads.held]).toEqual([['before'], 4])
    await come(yard, log)
    await yard.settle()
    expect(log.filter((entry) => typeof entry === 'number')).toEqual([1, 2, 3])
    expect(log).toHaveLength(5)
  })

  test('is reached straight away by who has heard of it', async () => {
    const { yard, log, ref } = await moved()
    await come(yard, log)
    tellAll(ref, [1])
    await yard.settle()
    const forwarded = yard.station(1).roads.links.get(2)!
    expect(forwarded.messagesSent).toBe(1)
    tellAll(ref, [2, 3])
    await yard.settle()
    expect(forwarded.messagesSent).toBe(1)
    expect(yard.station(0).roads.links.get(2)!.messagesSent).toBe(2)
    expect(log).toEqual(['before', 1, 2, 3])
    // Nobody was asked but at the beginning.
    expect(yard.questions).toEqual(['a'])
  })

  test('stays where it is if the move is given up, and has its mail', async () => {
    const { yard, log, ref } = await moved()
    tellAll(ref, [1, 2])
    await yard.settle()
    const cell = await yard.root(1, 'a', log)
    yard.station(1).roads.stayed('a', 1)
    tellAll(ref, [3])
    await yard.settle()
    expect(cell).toEqual(['before', 1, 2, 3])
  })

  test('is asked and offered as before', async () => {
    const { yard, log, ref } = await moved()
    const asked = ref.ask('count')
    const offered = ref.offer('note', 'offered')
    await yard.settle()
    await come(yard, log)
    expect(await asked).toBe(1)
    await offered
    expect(log).toEqual(['before', 'offered'])
    for (const station of yard.stations) expect(station.replies.count).toBe(0)
  })

  test('is believed to live where it went last, whatever old hints come', async () => {
    const { yard, log, ref } = await moved()
    await come(yard, log)
    tellAll(ref, [1])
    await yard.settle()
    const old: Home = { top: 'a', thread: 1, epoch: 1 }
    yard.station(0).roads.moved(old)
    yard.station(0).roads.moved({ top: 'never heard of', thread: 1, epoch: 7 })
    tellAll(ref, [2])
    await yard.settle()
    expect(log).toEqual(['before', 1, 2])
    expect(yard.station(1).roads.links.get(2)!.messagesSent).toBe(1)
  })

  test('keeps the order of each sender while it moves, however long frames are on their way', async () => {
    for (const seed of upTo(40)) {
      const random = seededRandom(seed)
      const { yard, log } = await moved({ delayMs: () => random.integer(20) })
      const senders = [0, 1, 2].map((thread) => ({ thread, ref: yard.ref(thread, 'a'), sent: 0 }))
      const send = async (): Promise<void> => {
        for (const sender of senders)
          for (const _ of upTo(random.integer(4)))
            sender.ref.tell('note', { from: sender.thread, number: sender.sent++ })
        await yard.clock.advance(random.integer(15))
      }
      let at = 1
      for (const move of upTo(6)) {
        await send()
        const to = (at + 1 + random.integer(2)) % 3
        if (move > 0) await yard.clock.advance(200)
        if (move > 0) yard.leave(at, 'a')
        await send()
        await come(yard, log, to, at)
        at = to
        await send()
      }
      await yard.clock.advance(1_000)
      for (const { thread, sent } of senders) {
        const got = log.filter((entry) => Object(entry).from === thread).map((entry) => Object(entry).number)
        expect([seed, thread, got]).toEqual([seed, thread, upTo(sent)])
      }
    }
  })
})

describe('a message that finds nobody for ever', () => {
  class Carousel extends Yard {
    /** Each of the two believes that the other one has it. */
    override homeFor(thread: number, path: string): Home | undefined {
      return path === 'lost' ? { top: path, thread: 1 - thread, epoch: 1 } : super.homeFor(thread, path)
    }
  }

  test(`has an end after ${hopsMax} times that it was sent on`, async () => {
    const yard = new Carousel(2)
    const ref = yard.ref(0, 'lost')
    ref.tell('note', 1)
    ref.stop()
    ref.kill()
    const unknown = expect.objectContaining({ code: 'actor-unknown' })
    await expect(ref.ask('count')).rejects.toEqual(unknown)
    await expect(ref.offer('note')).rejects.toEqual(unknown)
    await yard.settle()
    expect([...yard.dead(0), ...yard.dead(1)].map(({ name }) => name).toSorted()).toEqual(['count', 'note'])
    const sent = yard.stations.map(({ roads }) => roads.links.values().next().value!.messagesSent)
    expect(sent[0]! + sent[1]!).toBe(3 * (hopsMax + 1))
  })
})

describe('when a wire is lost', () => {
  test('what never left goes another way, in order, and before what is sent then', async () => {
    const yard = new Yard(3, { recordsMax: 64 })
    const log = await yard.root(1, 'a')
    const ref = yard.ref(0, 'a')
    tellAll(ref, [-1])
    await yard.settle()
    await yard.root(2, 'a', log)
    // The first frame is on its way, and dies there; the others have found no room.
    tellAll(ref, upTo(500))
    yard.wire(1, 0).cut()
    tellAll(ref, [500])
    await yard.settle()
    tellAll(ref, [501])
    await yard.settle()
    expect(log).toEqual([-1, ...upTo(502).slice(64)])
    expect(yard.station(0).lostRecords).toBe(64)
  })

  test('what waits behind a flush that never left comes after what was sent before it', async () => {
    const yard = new Yard(3, { recordsMax: 64 })
    const log = await yard.root(1, 'a')
    const ref = yard.ref(0, 'a')
    tellAll(ref, [-1])
    await yard.settle()
    yard.leave(1, 'a')
    const home = await yard.come(2, 'a', log)
    tellAll(ref, upTo(200))
    // The news overtakes the messages: from now on they wait for the flush, which has found no room either.
    yard.station(0).roads.moved(home)
    tellAll(ref, [200, 201])
    expect(yard.station(0).roads.held).toBe(2)
    yard.wire(1, 0).cut()
    await yard.settle()
    expect(log).toEqual([-1, ...upTo(202).slice(64)])
  })

  test('an ask that never left is asked again elsewhere, and answered once', async () => {
    const yard = new Yard(3, { recordsMax: 64 })
    const log = await yard.root(1, 'a')
    const ref = yard.ref(0, 'a')
    tellAll(ref, [-1])
    await yard.settle()
    tellAll(ref, upTo(200))
    const asked = ref.ask('count')
    const offered = ref.offer('note', 'offered')
    await yard.root(2, 'a', log)
    yard.wire(1, 0).cut()
    expect(await asked).toBeGreaterThan(100)
    await offered
    expect(yard.station(0).replies.count).toBe(0)
    expect(log.at(-1)).toBe('offered')
  })

  test('messages wait until there is a way to the new home', async () => {
    const yard = new Yard(2)
    await yard.root(1, 'a')
    const ref = yard.ref(0, 'a')
    tellAll(ref, [0])
    await yard.settle()
    yard.homes.set('a', { top: 'a', thread: 7, epoch: 2 })
    yard.wire(1, 0).cut()
    await yard.settle()
    tellAll(ref, [1, 2])
    await yard.settle()
    expect(yard.station(0).roads.held).toBe(2)
    expect(yard.dead(0)).toEqual([])
  })

  test('messages for a root that does not come back are dead letters', async () => {
    const yard = new Yard(2)
    await yard.root(1, 'a')
    const ref = yard.ref(0, 'a')
    tellAll(ref, [0])
    await yard.settle()
    yard.holdAnswers()
    yard.wire(1, 0).cut()
    await yard.settle()
    tellAll(ref, [1])
    yard.homes.delete('a')
    yard.giveAnswers()
    await yard.settle()
    expect(yard.dead(0)).toEqual([{ reason: 'actor-unknown', name: 'note' }])
  })
})

test(`of more than ${roadsMax} ways the oldest is forgotten, and found again without a message lost or overtaken`, async () => {
  const yard = new Yard(2)
  const log = await yard.root(1, 'top')
  const oldest = yard.ref(0, 'top')
  oldest.tell('note', 0)
  for (const index of upTo(roadsMax - 1)) {
    const top = `root ${index}`
    yard.homes.set(top, { top, thread: 1, epoch: 1 })
    yard.ref(0, top).stop()
    if (index % 10_000 === 0) await yard.settle()
  }
  await yard.settle()
  expect([...yard.station(0).roads.all()]).toHaveLength(roadsMax)
  yard.homes.set('new', { top: 'new', thread: 1, epoch: 1 })
  oldest.tell('note', 1)
  yard.ref(0, 'new').stop()
  oldest.tell('note', 2)
  await yard.settle()
  expect([...yard.station(0).roads.all()]).toHaveLength(roadsMax)
  oldest.tell('note', 3)
  await yard.settle()
  expect(log).toEqual([0, 1, 2, 3])
  expect(yard.questions.filter((path) => path === 'top')).toHaveLength(2)
})
