// A run in namespaces, or the loud word that there can be none here.
import { Namespaces } from '../../scenarios/testing/namespaces.ts'
import { NetCluster } from './net-cluster.ts'

/** Only who lacks root is let off: elsewhere what is missing is to be installed. */
export async function inNamespaces(
  count: number,
  run: (cluster: NetCluster) => Promise<void>,
): Promise<void> {
  const lack = await Namespaces.lack()
  if (lack !== undefined) {
    console.error(`unavailable: ${lack}`)
    if (process.getuid?.() === 0) throw new Error(`unavailable: ${lack}`)
    return
  }
  await using net = await Namespaces.open(count)
  await using cluster = new NetCluster(net)
  await run(cluster)
}
