// Neighbours: nodes on one bridge that nobody has told of each other.
import { expect, test } from 'vitest'
import { inNamespaces } from './in-namespaces.ts'
import { machineMs } from './member-process.ts'

test('a node that knows no address of another finds it by multicast DNS', async () => {
  await inNamespaces(2, async (cluster) => {
    await cluster.start('first', 1, { isDiscovered: true })
    // It has its certificate by a token; where the others are it is not told.
    await cluster.start('second', 2, { isDiscovered: true, seeds: [] })
    await cluster.populate(1)
    expect((await cluster.converge(machineMs(), 20_000)).lacks).toEqual([])
  })
})
