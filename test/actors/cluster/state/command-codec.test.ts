// The codec of commands, answers and snapshots: what is written is read again, and bytes from anywhere do no harm.
import fc from 'fast-check'
import { Fault } from 'troupe'
import { expect, test } from 'vitest'
import { answerBytesMax } from '../../../../actors/cluster/council/replica.ts'
import { commandBytesMax } from '../../../../actors/cluster/council/entry.ts'
import { ClusterState } from '../../../../actors/cluster/state/cluster-state.ts'
import {
  claimsThatFit,
  decodeAnswer,
  decodeCommand,
  encodeAnswer,
  encodeCommand,
  refusedCommand,
} from '../../../../actors/cluster/state/command-codec.ts'
import { batchMax } from '../../../../actors/cluster/state/command.ts'
import { refusalCodes } from '../../../../actors/cluster/state/answer.ts'
import { specBytesMax, topSegmentsMax } from '../../../../actors/cluster/state/home.ts'
import { restoreState, snapshotState } from '../../../../actors/cluster/state/state-snapshot.ts'
import { commandOf, steps } from './story.ts'
import { claimOf, decision, joinOf, Town } from './town.ts'
import type { Command } from '../../../../actors/cluster/state/command.ts'

const claim = (more: object): Command => ({ type: 'claim', member: 1, claims: [claimOf('r', 1, more)] })

test.each<[string, Command]>([
  ['claims: top', claim({ top: '../r' })],
  ['claims: top', claim({ top: Array.from({ length: topSegmentsMax + 1 }, () => 'a').join('/') })],
  ['claims: definition', claim({ definition: 'counter' })],
  ['claims: spec', claim({ spec: new Uint8Array(specBytesMax + 1) })],
  ['claims: ticket', claim({ ticket: -1 })],
  ['claims: onLoss', claim({ onLoss: 'panic' })],
  [
    'claims',
    { type: 'claim', member: 1, claims: Array.from({ length: batchMax + 1 }, () => claimOf('r', 1)) },
  ],
  ['name', joinOf('a/b')],
  ['peer', joinOf('a', { peer: 'x'.repeat(129) })],
  ['uid', joinOf('a', { uid: '' })],
  ['load', { type: 'update', number: 1, load: Number.NaN }],
  ['load', { type: 'update', number: 1, load: -0 }],
  ['atMs', { type: 'leave', number: 1, atMs: Infinity }],
  ['value', { type: 'set', key: 'k', value: 'x'.repeat(4_097) }],
  ['value', { type: 'set', key: 'k', value: '\uD800' }],
  [
    'decision: facts: value',
    { type: 'remove', number: 1, decision: { ...decision, facts: [{ name: 'n', value: Number.NaN }] } },
  ],
  ['shards: shard', { type: 'shed', member: 1, shards: [{ shard: 256, epoch: 1 }] }],
])('a command whose %s is wrong is refused before it is proposed', (at, command) => {
  expect(() => encodeCommand(command)).toThrow(
    expect.objectContaining({ code: 'command-invalid', message: expect.stringContaining(`${at}: `) }),
  )
})

test('bytes that are no command are none, whatever they are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const command = decodeCommand(bytes)
      // What is read is what would be written: there is one way to say a thing.
      if (command !== undefined) expect(Buffer.compare(encodeCommand(command), bytes)).toBe(0)
    }),
    { numRuns: 2_000 },
  )
})

test('a command, answer or snapshot that was changed on its way is read as another one or refused, and nothing else happens', () => {
  fc.assert(
    fc.property(
      steps,
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      fc.boolean(),
      (story, where, flip, isCut) => {
        const state = new ClusterState()
        const spoil = (bytes: Uint8Array): Uint8Array => {
          const place = where % bytes.length
          if (isCut) return bytes.slice(0, place)
          return bytes.map((byte, index) => (index === place ? byte ^ flip : byte))
        }
        for (const [index, step] of story.slice(0, 20).entries()) {
          const command = commandOf(state, step, index)
          const spoilt = spoil(encodeCommand(command))
          const other = decodeCommand(spoilt)
          if (other !== undefined) expect(Buffer.compare(encodeCommand(other), spoilt)).toBe(0)
          const { answer } = state.apply(other ?? command)
          faultOf(() => decodeAnswer(spoil(encodeAnswer(answer))), 'answer-malformed')
        }
        const snapshot = spoil(snapshotState(state))
        faultOf(() => {
          const restored = restoreState(snapshot)
          expect(Buffer.compare(snapshotState(restored), snapshot)).toBe(0)
          for (const [index, step] of story.slice(20).entries())
            restored.apply(commandOf(restored, step, 100 + index))
        }, 'snapshot-malformed')
      },
    ),
    { numRuns: 300 },
  )
})

test('a length that says more than there is takes no memory', () => {
  const bytes = Uint8Array.of(1, 9, 1, 0xff, 0xff, 0xff, 0x7f)
  expect(decodeCommand(bytes)).toBeUndefined()
})

test('a number that could be shorter, or is too large, is no number', () => {
  expect(decodeCommand(Uint8Array.of(1, 3, 0x81, 0x00))).toBeUndefined()
  expect(decodeCommand(Uint8Array.of(1, 3, ...Array.from({ length: 9 }, () => 0xff), 1))).toBeUndefined()
  expect(decodeCommand(Uint8Array.of(1, 3, 1))).toEqual({ type: 'up', number: 1 })
  expect(decodeCommand(Uint8Array.of(2, 3, 1))).toBeUndefined()
  expect(decodeCommand(Uint8Array.of(1, 3, 1, 0))).toBeUndefined()
})

test('every refusal has a number in an answer', () => {
  for (const code of refusalCodes) {
    const refusal = { type: 'refused', code, why: 'so' } as const
    expect(decodeAnswer(encodeAnswer(refusal))).toEqual(refusal)
  }
  expect(decodeAnswer(encodeAnswer(refusedCommand))).toEqual(refusedCommand)
})

test('as many claims go into a command as fit', () => {
  const large = Array.from({ length: 9 }, (_, n) =>
    claimOf(`r${n}`, n, { spec: new Uint8Array(specBytesMax) }),
  )
  expect(claimsThatFit(large)).toBe(3)
  const small = Array.from({ length: 2_000 }, (_, n) => claimOf(`r${n}`, n))
  expect(claimsThatFit(small)).toBe(batchMax)
  expect(claimsThatFit(small.slice(0, 5))).toBe(5)
  expect(claimsThatFit([])).toBe(0)
  for (const claims of [large.slice(0, 3), small.slice(0, batchMax)])
    expect(encodeCommand({ type: 'claim', member: 1, claims }).length).toBeLessThanOrEqual(commandBytesMax)
})

test('the longest answer is one that the council carries', () => {
  const home = { top: 'x'.repeat(512), member: Number.MAX_SAFE_INTEGER, epoch: Number.MAX_SAFE_INTEGER }
  const town = new Town('a', 'b')
  const tops = Array.from({ length: batchMax }, (_, number) => `r${number}/`.padEnd(250, 'x'))
  town.do({
    type: 'claim',
    member: 1,
    claims: tops.map((top, ticket) => claimOf(`${top}/${'y'.repeat(261)}`, ticket)),
  })
  expect(town.state.homeCount).toBe(batchMax)
  const answer = town.do({
    type: 'claim',
    member: 2,
    claims: tops.map((top, ticket) => claimOf(top, ticket)),
  })
  if (answer.type !== 'claims') throw new Error('The claims were refused')
  const results = answer.results.map((result) => ({ ...result, home }))
  expect(results.every(({ type }) => type === 'refused')).toBe(true)
  expect(encodeAnswer({ ...answer, results }).length).toBeLessThanOrEqual(answerBytesMax)
})

/** Runs what may fail in one way only. */
function faultOf(run: () => unknown, code: string): void {
  try {
    run()
  } catch (error) {
    if (!Fault.is(error) || error.code !== code) throw error
  }
}
