// Random stories of a cluster: whatever happens, each name has one home, epochs rise, kin stay together and all copies are the same.
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ClusterState } from '../../../../actors/cluster/state/cluster-state.ts'
import {
  decodeAnswer,
  decodeCommand,
  encodeAnswer,
  encodeCommand,
} from '../../../../actors/cluster/state/command-codec.ts'
import { restoreState, snapshotState } from '../../../../actors/cluster/state/state-snapshot.ts'
import { commandOf, steps } from './story.ts'
import { Witness } from './witness.ts'

const runs = { numRuns: 400 }

test('the changes tell all that happens, and what must hold does', () => {
  fc.assert(
    fc.property(steps, (story) => {
      const state = new ClusterState()
      const witness = new Witness()
      for (const [index, step] of story.entries()) {
        const before = snapshotState(state)
        const applied = state.apply(commandOf(state, step, index))
        witness.hear(state, applied)
        if (applied.answer.type === 'refused') expect(snapshotState(state)).toEqual(before)
      }
      expect(witness.flaws).toEqual([])
    }),
    runs,
  )
})

test('copies that have applied the same bytes are the same bytes, also one that was restored on the way', () => {
  fc.assert(
    fc.property(steps, fc.nat(60), (story, restoredAt) => {
      const one = new ClusterState()
      let other = new ClusterState()
      for (const [index, step] of story.entries()) {
        if (index === restoredAt % story.length) other = restoreState(snapshotState(other))
        const command = commandOf(one, step, index)
        const bytes = encodeCommand(command)
        const decoded = decodeCommand(bytes)
        if (decoded === undefined) throw new Error('A command was not decoded')
        expect(decoded).toEqual(command)
        const first = one.apply(command)
        const second = other.apply(decoded)
        // To show how they differ would take longer than to find a smaller story.
        expect(isDeepStrictEqual(second, first)).toBe(true)
        expect(decodeAnswer(encodeAnswer(first.answer))).toEqual(first.answer)
      }
      expect(Buffer.compare(snapshotState(one), snapshotState(other))).toBe(0)
    }),
    runs,
  )
})
