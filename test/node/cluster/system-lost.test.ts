// A node that finds nobody: it does not look for its cluster for ever.
import { expect, test } from 'vitest'
import { TestCluster } from '../../../scenarios/testing/test-cluster.ts'

test('a node that meets nobody for a minute does not start, and says how many it has tried', async () => {
  await using cluster = new TestCluster()
  await cluster.start('a')
  cluster.kill('a')
  await expect(cluster.start('b')).rejects.toMatchObject({
    code: 'cluster-unreachable',
    message: expect.stringMatching(/no node was met within 60 s, /),
  })
})
