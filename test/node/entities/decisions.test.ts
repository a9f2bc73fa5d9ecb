// Tests of the decisions alone: who may sleep, what a sweep sees, for whom there is room, and how long one that failed is not woken.
import { expect, test } from 'vitest'
import { Fault } from 'troupe'
import { failedExit, KILLED, STOPPED } from '../../../runtime/exit.ts'
import { cooldownMsMax, Cooldowns, cooldownsKeptMax, nextCooldown } from '../../../node/entities/cooldown.ts'
import { awakeReasons, whyAwake } from '../../../node/entities/may-sleep.ts'
import { roomFor } from '../../../node/entities/room.ts'
import { sweepPeriodMs, sweepVerdict } from '../../../node/entities/sweep-verdict.ts'
import type { SleepFacts } from '../../../node/entities/may-sleep.ts'

const idle: SleepFacts = {
  isBusy: false,
  hasMail: false,
  children: 0,
  timers: 0,
  stashed: 0,
  watchers: 0,
  watching: 0,
  accepted: 1,
  isUnsaved: false,
}

const flaws: readonly [Partial<SleepFacts>, string][] = [
  [{ isBusy: true }, 'busy'],
  [{ hasMail: true }, 'mail'],
  [{ children: 1 }, 'children'],
  [{ timers: 1 }, 'timers'],
  [{ stashed: 1 }, 'stash'],
  [{ watchers: 1 }, 'watched'],
  [{ watching: 1 }, 'watching'],
  [{ isUnsaved: true }, 'unsaved'],
  [{ accepted: 0 }, 'fresh'],
]

test('an actor that has nothing and has done something may sleep', () => {
  expect(whyAwake(idle, false)).toBeUndefined()
})

test.each(flaws)('one with %j is kept awake by %s', (facts, reason) => {
  expect(whyAwake({ ...idle, ...facts }, false)).toBe(reason)
})

test('every reason is reached', () => {
  expect(flaws.map(([, reason]) => reason).toSorted()).toEqual([...awakeReasons].toSorted())
})

test('one that nothing has come for in a long time may sleep', () => {
  expect(whyAwake({ ...idle, accepted: 0 }, true)).toBeUndefined()
})

test.each([
  [true, 0, 'used'],
  [true, 5_000, 'used'],
  [false, 999, 'wait'],
  [false, 1_000, 'due'],
] as const)('a sweep that finds one changed: %s after %i ms says %s', (isChanged, nowMs, verdict) => {
  expect(sweepVerdict({ isChanged, usedMs: 0, nowMs, idleMs: 1_000 })).toBe(verdict)
})

test('a sweep comes four times in the idle time', () => {
  expect(sweepPeriodMs(60_000)).toBe(15_000)
  expect(sweepPeriodMs(1)).toBe(1)
})

test.each([
  [9, 99, 'room'],
  [10, 99, 'kind-full'],
  [9, 100, 'node-full'],
  [10, 100, 'kind-full'],
] as const)('with %i of 10 and %i of 100 awake there is %s', (resident, nodeResident, expected) => {
  expect(roomFor({ resident, residentMax: 10, nodeResident, nodeResidentMax: 100 })).toBe(expected)
})

test('the pause doubles with each failure up to a minute, and begins anew after a quiet one', () => {
  let cooldown = nextCooldown(undefined, 0)
  const pausesMs = [cooldown.untilMs]
  for (let attempt = 2; attempt <= 8; attempt++) {
    const nowMs = cooldown.untilMs
    cooldown = nextCooldown(cooldown, nowMs)
    pausesMs.push(cooldown.untilMs - nowMs)
  }
  expect(pausesMs).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000])
  expect(nextCooldown(cooldown, cooldown.untilMs + cooldownMsMax + 1).attempt).toBe(1)
})

test('only a life that has failed for good begins a pause, and of too many the oldest is forgotten', () => {
  const cooldowns = new Cooldowns()
  const failed = failedExit(new Fault('a-fault', 'a: b', { hint: 'c' }))
  expect([STOPPED, KILLED, failed].map((exit, index) => cooldowns.note(`x/${index}`, exit, 0))).toEqual([
    false,
    false,
    true,
  ])
  for (let count = 0; count < cooldownsKeptMax - 1; count++) cooldowns.note(`y/${count}`, failed, 0)
  expect(cooldowns.isCooling('x/2', 1)).toBe(true)
  cooldowns.note('z', failed, 0)
  expect(cooldowns.isCooling('x/2', 1)).toBe(false)
  expect(cooldowns.isCooling('z', 999)).toBe(true)
  expect(cooldowns.isCooling('z', 1_000)).toBe(false)
})
