// Runs the faults of the catalogue on a cluster of three in network namespaces: `node --conditions=troupe-source test/netns/run.ts --all`, or words of their names.
import { flawsOf, row, tryFault } from './trial.ts'
import { machineMs } from './member-process.ts'
import { Namespaces } from '../../scenarios/testing/namespaces.ts'
import { NetCluster } from './net-cluster.ts'
import { netFaults } from './faults.ts'

const words = process.argv.slice(2)
const wanted = words.includes('--all')
  ? netFaults
  : netFaults.filter(({ name }) => words.some((word) => name.includes(word)))
const lack = await Namespaces.lack()
if (lack !== undefined || wanted.length === 0) {
  console.log(
    lack === undefined ? `none of: ${netFaults.map(({ name }) => name).join(' · ')}` : `unavailable: ${lack}`,
  )
  process.exit(1)
}

const flaws: string[] = []
await using net = await Namespaces.open(3)
await using cluster = new NetCluster(net)
for (const host of [1, 2, 3]) await cluster.start(`n${host}`, host)
await cluster.populate(2)
console.log(`one cluster after ${JSON.stringify(await cluster.converge(machineMs(), 20_000))}`)
console.log('| fault | victim | removed | roots serve again | one cluster again | verdicts |')
console.log('| --- | --- | --- | --- | --- | --- |')
for (const fault of wanted) {
  const trial = await tryFault(cluster, fault)
  console.log(row(trial))
  flaws.push(...flawsOf(trial))
  for (const flaw of flawsOf(trial)) console.log(`    ${flaw}`)
  if (!trial.convergence.isReached) await cluster.converge(machineMs(), 60_000)
}
for (const flaw of flaws) console.log(flaw)
process.exitCode = flaws.length === 0 ? 0 : 1
