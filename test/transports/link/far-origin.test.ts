// Tests of far origins: an ask knows the asks that led to it, in whatever runtimes those were sent.
import { describe, expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { chainOf, farChainMax, FarOrigin } from '../../../transports/link/far-origin.ts'
import { Envelope } from '../../../runtime/envelope.ts'
import { Far } from '../../../runtime/far.ts'
import { Yard } from './yard.ts'
import type { FarAnswers } from '../../../transports/link/far-origin.ts'
import type { Ref } from 'troupe'

/** Asks along a road of refs; the last one answers. */
const walker = defineActor('walker', {
  on: {
    async walk(_self, road: readonly Ref[]): Promise<unknown> {
      const [next, ...others] = road
      return next === undefined ? 'arrived' : await next.ask('walk', others, { timeoutMs: 1_000 })
    },
    hop(_self, next: Ref) {
      next.tell('walk', [])
    },
  },
})

/** One walker in each runtime named; the first asks along the road. */
async function walk(homes: readonly number[], steps: string): Promise<unknown> {
  const yard = new Yard(Math.max(...homes) + 1)
  const names = [...'abcdefg'].slice(0, homes.length)
  for (const [index, name] of names.entries()) {
    await yard.spawn(homes[index]!, name, walker)
  }
  const [first, ...others] = [...steps].map((name) => yard.ref(0, name))
  const end = first!.ask('walk', others, { timeoutMs: 2_000 }).then(
    () => 'arrived',
    (fault: { code: string }) => fault.code,
  )
  await yard.settle()
  await yard.clock.advance(5_000)
  for (const station of yard.stations) expect(station.replies.count).toBe(0)
  return await end
}

describe('whoever would wait for itself is told at once', () => {
  test.each([
    ['across two runtimes', [1, 2], 'aba'],
    ['across three runtimes', [1, 2, 3], 'abca'],
    ['in the runtime that all asks began in', [0, 1], 'aba'],
    ['in the middle of the chain', [1, 2, 3, 1], 'abcdb'],
    ['when the chain passes the same runtime twice', [1, 2, 1, 2], 'abcda'],
    ['when the chain passes the same runtime twice, and ends in the middle', [1, 2, 1, 2], 'abcdc'],
    ['over steps within one runtime', [1, 1, 2, 2], 'abcda'],
    ['itself', [1], 'aa'],
    ['over steps here, there and here again', [0, 1, 0, 1], 'abcdb'],
  ] as const)('%s', async (_, homes, steps) => {
    expect(await walk(homes, steps)).toBe('ask-cycle')
  })
})

describe('whoever waits for somebody else is not', () => {
  test.each([
    ['across two runtimes', [1, 2], 'ab'],
    ['along a chain that passes the same runtimes again and again', [1, 2, 1, 2, 1, 2, 1], 'abcdefg'],
    ['through the runtime that all began in', [0, 1, 0, 1, 0], 'abcde'],
  ] as const)('%s', async (_, homes, steps) => {
    expect(await walk(homes, steps)).toBe('arrived')
  })
})

test('a tell on the way ends the chain: nobody waits for it', async () => {
  const yard = new Yard(2)
  await yard.spawn(1, 'a', walker)
  await yard.spawn(0, 'b', walker)
  await yard.ref(0, 'a').ask('hop', yard.ref(0, 'b'))
  await yard.settle()
  for (const thread of [0, 1]) expect(yard.dead(thread)).toEqual([])
})

test('the asks that led to one are named the nearest first, and no more than a record may have', () => {
  const answers: FarAnswers = {
    nowMs: () => 0,
    reply: () => undefined,
    refuse: () => undefined,
    causeOf: () => undefined,
  }
  const asked = (chain: readonly number[]): Envelope => {
    const origin = new FarOrigin({ thread: 8, id: 9, dueMs: 10, chain }, answers)
    return new Envelope(new Far('a'), 'get', undefined, undefined, origin)
  }
  expect(chainOf(undefined)).toEqual([])
  expect(chainOf(asked([1, 2, 3, 4]))).toEqual([8, 9, 1, 2, 3, 4])
  const long = Array.from({ length: farChainMax * 2 }, (_, index) => index)
  expect(chainOf(asked(long))).toEqual([8, 9, ...long.slice(0, -2)])
})

test('a message from elsewhere is wanted until its time is over by the clock of this runtime', () => {
  let nowMs = 0
  const answers: FarAnswers = {
    nowMs: () => nowMs,
    reply: () => undefined,
    refuse: () => undefined,
    causeOf: () => undefined,
  }
  const origin = new FarOrigin({ thread: 1, id: 1, dueMs: 10, chain: [] }, answers)
  expect(origin.wanted).toBe(true)
  nowMs = 10
  expect(origin.wanted).toBe(false)
})
