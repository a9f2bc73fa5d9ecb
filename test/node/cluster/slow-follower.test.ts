// A slow follower: it hears of a root in a message before it has heard that the root exists; the message waits, and nothing is lost.
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { TestCluster } from '../../../scenarios/testing/test-cluster.ts'
import type { Ref } from 'troupe'

const relay = defineActor('relay', {
  state: () => ({ heard: [] as string[] }),
  on: {
    /** Passes a word on to whoever the sender knows. */
    pass(self, [word, to]: readonly [string, Ref | undefined]) {
      self.state.heard.push(word)
      to?.tell('pass', [`${word} by way of another`, undefined])
    },
    heard: (self) => self.state.heard,
  },
})

test('a message that names a root which its receiver cannot know of yet waits until it does', async () => {
  await using cluster = new TestCluster()
  const [a, b, c] = await cluster.startAll(['a', 'b', 'c'])
  await cluster.until(() =>
    [a, b, c].every((one) => one!.cluster.facts.memberCount === 3 && one!.cluster.mayAct),
  )
  expect(a!.cluster.agreement.council.role).toBe('leader')
  const near = await cluster.through(b!.node.spawn(relay, 'near'))
  await cluster.until(() => c!.cluster.knows('near'))
  const far = c!.node.find('near')!
  far.tell('pass', ['before', undefined])
  await cluster.advance(20)
  // What the leader says does not come to b any more; what c says does.
  const heal = cluster.network.partition({ from: ['a'], to: ['b'], flavour: 'drop', isOneWay: true })
  const late = await cluster.through(c!.node.spawn(relay, 'late'))
  far.tell('pass', ['after', late])
  far.tell('pass', ['at last', undefined])
  await cluster.advance(50)
  expect(b!.cluster.knows('late')).toBe(false)
  expect(await cluster.through(near.ask('heard'))).toEqual(['before'])
  heal()
  await cluster.until(() => b!.cluster.knows('late'))
  await cluster.advance(20)
  expect(await cluster.through(near.ask('heard'))).toEqual(['before', 'after', 'at last'])
  expect(await cluster.through(late.ask('heard'))).toEqual(['after by way of another'])
  expect(b!.node.runtime.host.deadLetters.list()).toEqual([])
})
