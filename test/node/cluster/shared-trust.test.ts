// Shared trust: roots and revocations reach all nodes through the council, and only what is whole is believed.
import { expect, test } from 'vitest'
import { ClusterState } from '../../../actors/cluster/state/cluster-state.ts'
import { SharedTrust } from '../../../node/cluster/shared-trust.ts'
import type { ClusterChange } from '../../../actors/cluster/state/change.ts'
import type { Command } from '../../../actors/cluster/state/command.ts'

class Place {
  readonly believed: (readonly string[])[] = []
  readonly revoked: string[] = []
  readonly failed: unknown[] = []
  readonly shared: SharedTrust
  refuses = false

  constructor(state: ClusterState, propose: (command: Command) => void, roots?: readonly string[]) {
    this.shared = new SharedTrust({
      trust: {
        authority: roots === undefined ? undefined : { roots },
        believe: (all) => {
          if (this.refuses) return Promise.reject(new Error('the disk is full'))
          this.believed.push(all)
          return Promise.resolve()
        },
        revoke: ({ value }) => {
          this.revoked.push(value)
          return Promise.resolve()
        },
      },
      facts: () => state,
      nowMs: () => 5,
      propose: (command) => {
        propose(command)
        return Promise.resolve()
      },
      failed: (fault) => this.failed.push(fault),
    })
  }
}

function bench(roots: readonly string[]): {
  readonly state: ClusterState
  readonly founder: Place
  readonly other: Place
  readonly changes: ClusterChange[]
  readonly apply: (command: Command) => void
} {
  const state = new ClusterState()
  const changes: ClusterChange[] = []
  const apply = (command: Command): void => {
    for (const change of state.apply(command).changes) {
      changes.push(change)
      founder.shared.changed(change)
      other.shared.changed(change)
    }
  }
  const founder = new Place(state, apply, roots)
  const other = new Place(state, apply)
  return { state, founder, other, changes, apply }
}

const roots = ['A'.repeat(7_500), 'B'.repeat(7_500)]

test('the roots of the authority are believed by the others, each whole, and by whoever comes later', async () => {
  const { state, founder, other } = bench(roots)
  await founder.shared.begin()
  await Promise.resolve()
  expect(other.believed).toEqual([roots])
  const late = new Place(state, () => undefined)
  await late.shared.begin()
  await Promise.resolve()
  expect(late.believed).toEqual([roots])
  expect(founder.believed).toEqual([])
})

test('roots that are told already are not told again', async () => {
  const { founder, changes } = bench(roots)
  await founder.shared.begin()
  const count = changes.length
  await founder.shared.begin()
  expect(changes).toHaveLength(count)
})

test('pieces that do not come to what was announced are not believed', async () => {
  const { founder, other, apply } = bench(roots)
  await founder.shared.begin()
  await Promise.resolve()
  apply({ type: 'set', key: 'trust.roots.0', value: 'C' })
  apply({ type: 'set', key: 'trust.roots', value: `4 ${'0'.repeat(64)}` })
  apply({ type: 'set', key: 'trust.roots', value: '999999999 x' })
  await Promise.resolve()
  expect(other.believed).toEqual([roots])
})

test('a revoked node is revoked everywhere, also where that is learnt later', async () => {
  const { state, other, apply } = bench(roots)
  const decision = { why: 'stolen', atMs: 1, by: 0, facts: [] }
  apply({ type: 'revoke', peer: '12D3KooWpeer', decision })
  await Promise.resolve()
  expect(other.revoked).toEqual(['12D3KooWpeer'])
  const late = new Place(state, () => undefined)
  await late.shared.begin()
  await Promise.resolve()
  expect(late.revoked).toEqual(['12D3KooWpeer'])
})

test('what cannot be kept is told, and what comes after it is kept all the same', async () => {
  const { founder, other, apply } = bench(roots)
  other.refuses = true
  await founder.shared.begin()
  apply({ type: 'revoke', peer: '12D3KooWpeer', decision: { why: 'stolen', atMs: 1, by: 0, facts: [] } })
  await new Promise(setImmediate)
  expect([other.failed.length, other.revoked]).toEqual([1, ['12D3KooWpeer']])
})
