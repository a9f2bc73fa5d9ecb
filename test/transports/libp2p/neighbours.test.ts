// Tests of neighbours: nodes on one network find each other by multicast DNS, if they are of one cluster.
import { expect, test } from 'vitest'
import { never, TestAuthority, TestCredentials, Town } from './town.ts'

interface Found {
  readonly peer: string
  readonly addresses: readonly string[]
}

test('a node hears of another one of its cluster, at addresses where it is reached, and of none of another cluster', async () => {
  await using town = new Town()
  const heard: Found[] = []
  const first = Promise.withResolvers<Found>()
  const other = new TestAuthority('other')
  const found = (): void => {}
  await town.node({ found, credentials: new TestCredentials(other, { cluster: 'ponmlkjihgfedcba' }) })
  const far = await town.node({ found })
  const near = await town.node({
    found: (peer, addresses) => {
      heard.push({ peer, addresses })
      if (peer === far.transport.peer) first.resolve({ peer, addresses })
    },
  })
  const stream = await near.transport.dial(await first.promise, 'main', never())
  expect(stream.peer).toBe(far.transport.peer)
  expect(new Set(heard.map(({ peer }) => peer))).toEqual(new Set([far.transport.peer]))
})
