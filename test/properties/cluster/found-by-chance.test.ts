// Ordeals that were once not passed: each seed stands for one way in which a guarantee was broken.
import { expect, test } from 'vitest'
import { judge } from './judge.ts'
import { Ordeal } from './ordeal.ts'

test.each([
  [2055, 'a node that was removed sent on, as a new member, what had come before it knew'],
  [5002, 'the same with an ask that had waited there since the node before it was lost'],
  [6115, 'what such a node sent on had been to one of its threads'],
  [6074, 'a name was claimed by a number that the process got while it waited, and nobody started its root'],
  [1025, 'what had waited for a link was answered before the link could carry an answer'],
  [7060, 'what came back from a node waited behind what had come after it'],
  [2109, 'two nodes waited behind each other for their markers to come back'],
])(
  'seed %i: %s',
  async (seed) => {
    const ordeal = new Ordeal({ seed })
    await ordeal.run()
    expect(judge(ordeal)).toEqual([])
    await ordeal.close()
  },
  120_000,
)
