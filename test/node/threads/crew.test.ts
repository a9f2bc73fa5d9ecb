// Tests of the crew: a lost thread has a successor in its slot, and a thread that shows no life is given up.
import { describe, expect, test } from 'vitest'
import { Crew, endMsMax, threadsMax } from '../../../node/threads/crew.ts'
import { Decisions } from '../../../node/threads/decisions.ts'
import { Fault } from '../../../runtime/fault.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { MemoryThreads } from '../../../scenarios/testing/memory-threads.ts'
import { Runtime } from '../../../runtime/runtime.ts'
import { seededRandom } from '../../../runtime/random.ts'
import { threadStallMsDefault, threadStartMsMax } from '../../../node/threads/stall.ts'
import { Tree } from '../../../supervisors/tree.ts'
import type { RunThread } from '../../../scenarios/testing/memory-threads.ts'

const failed = new Fault('file-unloadable', 'Cannot load: no', { hint: 'Mend it.' })

class Camp {
  readonly clock: ManualClock = new ManualClock()
  readonly threads: MemoryThreads
  readonly crew: Crew
  readonly runtime: Runtime
  readonly started: number[] = []
  readonly lost: (readonly [id: number, slot: number, code: string])[] = []
  readonly pinged: number[] = []
  /** The wires that each thread was given to others. */
  readonly wired: string[] = []
  /** Whether pings are answered. */
  answers = false

  constructor(run: RunThread = async ({ turn }) => turn()) {
    const { clock } = this
    const random = seededRandom(1)
    this.runtime = new Runtime({ name: 'camp', clock, random, supervision: new Tree() })
    this.threads = new MemoryThreads({
      clock,
      random,
      run: async (inside, contracts) => {
        inside.onConnect((other) => void this.wired.push(`${inside.request.id}-${other}`))
        await run({ ...inside, turn: () => inside.turn() }, contracts)
      },
    })
    const options = {
      name: 'camp',
      strict: false,
      journal: false,
      decisions: new Decisions().words,
      load: () => [],
    }
    this.crew = new Crew(this.threads, this.runtime.host, options, {
      started: ({ id }) => void this.started.push(id),
      lost: (member, why) => {
        this.lost.push([member.id, member.slot, why.code])
        this.crew.replace(member)
      },
      ping: async (id) => {
        this.pinged.push(id)
        if (!this.answers) throw new Error('no answer')
      },
    })
  }

  /** Starts as many, all of which are ready. */
  async open(count: number): Promise<void> {
    const opened = this.crew.open(count)
    for (const { id } of this.crew.members) this.crew.ready(id, undefined)
    await opened
    for (const { id } of this.crew.members) this.crew.ready(id, undefined)
    await this.clock.settle()
  }

  get slots(): (readonly [id: number, slot: number])[] {
    return this.crew.members.map(({ id, slot }) => [id, slot])
  }
}

test('there are as many threads as were asked for and a spare one, with wires between all', async () => {
  const camp = new Camp()
  await camp.open(2)
  expect(camp.slots).toEqual([
    [1, 1],
    [2, 2],
    [3, 0],
  ])
  expect(camp.crew.serving.map(({ id }) => id)).toEqual([1, 2])
  expect(camp.started).toEqual([1, 2, 3])
  expect(camp.wired.toSorted()).toEqual(['1-2', '1-3', '2-1', '2-3', '3-1', '3-2'])
})

describe('the successor of a lost thread', () => {
  test('is the spare one, at once and in its slot; another becomes the spare', async () => {
    const camp = new Camp()
    await camp.open(2)
    camp.threads.kill(1)
    await camp.clock.settle()
    expect(camp.lost).toEqual([[1, 1, 'thread-crashed']])
    expect(camp.slots).toEqual([
      [2, 2],
      [3, 1],
      [4, 0],
    ])
    expect(camp.crew.inSlot(1)?.isReady).toBe(true)
    expect(camp.wired).toContain('4-3')
    expect([camp.crew.replaced, [...camp.crew.replacedIn]]).toEqual([1, [[1, 1]]])
  })

  test('is a new one where the spare one is lost as well', async () => {
    const camp = new Camp()
    await camp.open(1)
    camp.threads.kill(2)
    camp.threads.kill(1)
    await camp.clock.settle()
    expect(camp.crew.serving.map(({ slot }) => slot)).toEqual([1])
    expect(camp.crew.members).toHaveLength(2)
  })

  test('has the same use', async () => {
    const camp = new Camp()
    await camp.open(1)
    const alone = camp.crew.add('dedicated')
    expect([alone.slot, alone.kind]).toEqual([2, 'dedicated'])
    camp.threads.kill(alone.id)
    await camp.clock.settle()
    expect(camp.crew.inSlot(2)?.kind).toBe('dedicated')
    expect(camp.crew.inSlot(1)?.kind).toBe('shared')
  })

  test('of a spare one is a spare one, unless that was never ready', async () => {
    const camp = new Camp()
    await camp.open(1)
    camp.threads.kill(2)
    await camp.clock.settle()
    expect(camp.slots).toEqual([
      [1, 1],
      [3, 0],
    ])
    camp.threads.kill(3)
    await camp.clock.settle()
    expect(camp.slots).toEqual([[1, 1]])
  })
})

describe('a thread that shows no life', () => {
  test('is asked, then given up as stalled, and the others are left alone', async () => {
    const camp = new Camp()
    await camp.open(2)
    await camp.clock.advance(5_000)
    expect([camp.pinged, camp.lost]).toEqual([[], []])
    camp.threads.freeze(2)
    await camp.clock.advance(threadStallMsDefault / 2)
    expect(camp.lost).toEqual([])
    await camp.clock.advance(threadStallMsDefault)
    expect(camp.pinged).toEqual([2])
    expect(camp.lost).toEqual([[2, 2, 'thread-stalled']])
    expect(camp.threads.alive).toEqual([1, 3, 4])
  })

  test('goes on if it answers', async () => {
    const camp = new Camp()
    camp.answers = true
    await camp.open(1)
    camp.threads.freeze(1)
    await camp.clock.advance(20_000)
    expect(camp.lost).toEqual([])
    expect(camp.pinged.length).toBeGreaterThan(10)
  })

  test('goes on if it thaws in time', async () => {
    const camp = new Camp()
    await camp.open(1)
    camp.threads.freeze(1)
    await camp.clock.advance(threadStallMsDefault - 100)
    camp.threads.thaw(1)
    await camp.clock.advance(5_000)
    expect(camp.lost).toEqual([])
  })

  test('because it never had a turn has longer, and is given up then', async () => {
    const camp = new Camp(async () => undefined)
    camp.crew.open(1).catch(() => undefined)
    camp.threads.freeze(1)
    await camp.clock.advance(threadStartMsMax - 1_000)
    expect(camp.lost).toEqual([])
    await camp.clock.advance(2_000)
    expect(camp.lost).toEqual([[1, 1, 'thread-stalled']])
  })
})

test('whoever waits for a thread to be ready hears why it is not', async () => {
  const camp = new Camp()
  camp.crew.open(2).catch(() => undefined)
  const [one, two] = camp.crew.serving.map(({ ready }) => ready.promise)
  camp.crew.ready(1, failed)
  camp.threads.kill(2)
  await expect(one).rejects.toBe(failed)
  await expect(two).rejects.toMatchObject({ code: 'thread-crashed' })
})

test('a thread that could not load its modules serves nobody, is no spare, and is not started over and over', async () => {
  const camp = new Camp()
  await camp.open(1)
  camp.threads.kill(1)
  await camp.clock.settle()
  // The new spare one, and whatever comes after it.
  camp.crew.ready(3, failed)
  await camp.clock.advance(60_000)
  expect(camp.slots).toEqual([[2, 1]])
  camp.threads.kill(2)
  await camp.clock.settle()
  const last = camp.crew.inSlot(1)!
  expect(last.id).toBe(4)
  camp.crew.ready(4, failed)
  await camp.clock.advance(60_000)
  expect(camp.started).toEqual([1, 2, 3, 4])
})

test('there are no more threads than may be', async () => {
  const camp = new Camp()
  await camp.open(threadsMax - 1)
  expect(() => camp.crew.add('dedicated')).toThrow(expect.objectContaining({ code: 'threads-full' }))
  expect(camp.crew.members).toHaveLength(threadsMax)
})

describe('a thread whose wire is closed', () => {
  test('has a moment to tell why it ended', async () => {
    const camp = new Camp()
    await camp.open(1)
    camp.crew.expectEnd(camp.crew.inSlot(1)!)
    await camp.clock.advance(endMsMax / 2)
    camp.threads.kill(1)
    await camp.clock.advance(endMsMax)
    expect(camp.lost).toEqual([[1, 1, 'thread-crashed']])
  })

  test('is ended if it does not', async () => {
    const camp = new Camp()
    await camp.open(1)
    camp.crew.expectEnd(camp.crew.inSlot(1)!)
    await camp.clock.advance(endMsMax)
    expect(camp.lost).toEqual([[1, 1, 'thread-lost']])
    expect(camp.threads.alive).toEqual([2, 3])
  })
})

test('a thread that is given up is lost once, whoever else saw its end', async () => {
  const camp = new Camp()
  await camp.open(1)
  const member = camp.crew.inSlot(1)!
  const ends = [camp.crew.giveUp(member, failed), camp.crew.giveUp(member, failed)]
  camp.threads.kill(1)
  await Promise.all(ends)
  await camp.clock.settle()
  expect(camp.lost).toEqual([[1, 1, 'file-unloadable']])
})

test('a crew that is closed loses nobody, and leaves nothing behind', async () => {
  const camp = new Camp()
  await camp.open(3)
  await camp.crew.close()
  await camp.clock.advance(10_000)
  expect([camp.lost, camp.crew.members, camp.threads.alive]).toEqual([[], [], []])
  expect(camp.clock.pendingAlarms).toBe(0)
})
