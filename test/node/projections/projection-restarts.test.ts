// Tests of projections that end anyhow and go on: whatever dies where, each event is applied to the state exactly once.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Fault } from '../../../runtime/fault.ts'
import { all, Stand } from './stand.ts'
import type { Journal } from '../../../runtime/journal.ts'
import type { Projection } from '../../../node/projections/projection.ts'
import type { Projections } from '../../../node/projections/projections.ts'
import type { RecordedEvent } from '../../../node/projections/recorded-event.ts'

type Seen = Projection<{ seen: string[] }>

const saveMs = 50

test('a projection whose process dies at any step of its work has applied each event exactly once', async () => {
  let steps = 0
  for (let lastStep = 1; ; lastStep++) {
    const stand = new Stand()
    const dying = mortal(stand.journal, lastStep)
    const node = stand.node(dying.journal)
    const beginning = begin(node)
    await stand.clock.settle()
    await write(stand, 5)
    await stand.clock.advance(saveMs)
    await write(stand, 4)
    await stand.clock.settle()
    // Not awaited: what is dead never answers.
    void beginning.then((projection) => projection.stop())
    await stand.clock.settle()
    const isDead = dying.isDead()
    const next = await begin(stand.crash())
    await next.reached()
    expect(next.state.seen, `died at step ${lastStep}`).toEqual(await keysOf(stand))
    steps = lastStep
    if (!isDead) break
  }
  expect(steps).toBeGreaterThan(15)
})

test('random appends, stops, crashes and failures of saves: in the end the state is a fold over all events', async () => {
  const step = fc.oneof(
    fc.record({
      do: fc.constant('append' as const),
      actor: fc.nat(3),
      events: fc.integer({ min: 1, max: 4 }),
    }),
    fc.record({ do: fc.constantFrom('start', 'stop', 'crash', 'turn', 'wait', 'lose', 'keep') }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const stand = new Stand()
      const life: Life = { node: stand.node(), projection: undefined }
      for (const one of steps) {
        if ('actor' in one) await append(stand, `actor/${one.actor}`, one.events)
        else await take(stand, life, one.do)
      }
      const last = await begin(stand.crash())
      await last.reached()
      expect(last.state.seen).toEqual(await keysOf(stand))
      expect(last.applied).toBe(last.state.seen.length)
    }),
    { numRuns: 150 },
  )
})

interface Life {
  node: Projections
  projection: Seen | undefined
}

async function take(stand: Stand, life: Life, what: string): Promise<void> {
  const { projection } = life
  if (what === 'turn') await stand.clock.settle()
  if (what === 'wait') await stand.clock.advance(saveMs)
  if (what === 'start' && projection === undefined) life.projection = await begin(life.node)
  if (what === 'stop') {
    await projection?.stop()
    life.projection = undefined
  }
  if (what === 'lose' || what === 'keep') {
    stand.journal.failNext(
      new Fault('journal-failed', 'Cannot keep it', { hint: 'Wait.', outcome: 'unknown' }),
      what === 'keep',
    )
    await stand.clock.advance(saveMs)
  }
  if (!['lose', 'keep', 'crash'].includes(what)) return
  life.node = stand.crash()
  life.projection = undefined
}

function begin(node: Projections): Promise<Seen> {
  return node.project({
    name: 'seen',
    saveEvents: 3,
    saveMs,
    state: () => ({ seen: [] as string[] }),
    on: {
      happened(state, event: RecordedEvent<number>) {
        state.seen.push(keyOf(event))
        // Every other handler is async.
        return event.payload % 2 === 0 ? Promise.resolve() : undefined
      },
    },
  })
}

/** Records of one, two and three events by turns. */
async function write(stand: Stand, count: number): Promise<void> {
  for (let index = 0; index < count; index++) await append(stand, `actor/${index % 3}`, 1 + (index % 3))
}

async function append(stand: Stand, id: string, count: number): Promise<void> {
  await stand.write(
    id,
    Array.from({ length: count }, (_, index) => ['happened', index] as const),
  )
}

async function keysOf(stand: Stand): Promise<string[]> {
  return (await all(stand.node().events({}))).map(keyOf)
}

function keyOf({ position, index, actor, seq }: RecordedEvent): string {
  return `${position}.${index} ${actor} ${seq}`
}

/** A journal that answers no more after so many steps: what was asked for then may have been done or not. */
function mortal(journal: Journal, stepsMax: number): { readonly journal: Journal; isDead(): boolean } {
  let steps = 0
  const isAlive = (): boolean => ++steps < stepsMax
  const never = new Promise<never>(() => undefined)
  const through = async <T>(work: () => Promise<T>): Promise<T> => {
    if (!isAlive()) return never
    const result = await work()
    return isAlive() ? result : never
  }
  const dying: Pick<Journal, 'recover' | 'feed' | 'append' | 'release'> = {
    recover: (id, epoch, takeRecords) => through(() => journal.recover(id, epoch, takeRecords)),
    feed: (from, options) => through(() => journal.feed(from, options)),
    append: (one, done) => {
      if (!isAlive()) return
      journal.append(one, (fault) => {
        if (isAlive()) done(fault)
      })
    },
    release: (id, epoch) => journal.release(id, epoch),
  }
  const own = new Proxy(journal, {
    get: (target, key) => {
      if (Object.hasOwn(dying, key)) return Reflect.get(dying, key) as unknown
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
  return { journal: own, isDead: () => steps >= stepsMax }
}
