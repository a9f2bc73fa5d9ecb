// Partitions: three nodes in three network namespaces, of which one dies, is cut off or hears nobody; no root ever lives twice, and all is well after.
import { expect, test } from 'vitest'
import { flawsOf, tryFault } from './trial.ts'
import { inNamespaces } from './in-namespaces.ts'
import { machineMs } from './member-process.ts'
import { netFaults } from './faults.ts'

/** Each of another kind; `node test/netns/run.ts --all` does them all. */
const chosen = [
  'the leader cut off both ways',
  'kill -9 of the follower',
  'SIGSTOP of the leader, then SIGCONT',
]

test('no root lives twice whatever is cut, and three nodes are one cluster again ten seconds after', async () => {
  await inNamespaces(3, async (cluster) => {
    for (const host of [1, 2, 3]) await cluster.start(`n${host}`, host)
    await cluster.populate(1)
    expect((await cluster.converge(machineMs(), 20_000)).lacks).toEqual([])
    const flaws: string[] = []
    for (const name of chosen) {
      const fault = netFaults.find((one) => one.name === name)
      if (fault === undefined) throw new Error(`there is no fault "${name}"`)
      const trial = await tryFault(cluster, fault)
      flaws.push(...flawsOf(trial))
      expect([name, trial.removed?.name]).toEqual([name, trial.victim])
      expect(trial.servingMs).toBeLessThan(fault.lastsMs)
    }
    expect(flaws).toEqual([])
  })
})
