// Tests of what was applied: who waits for an index hears of it once, and who asks to be brought up to date is never given an older answer.
import { expect, test } from 'vitest'
import { Applied } from '../../../node/cluster/applied.ts'
import type { Council } from '../../../actors/cluster/council/council.ts'

class Follower {
  applied = 0
  readonly reads: PromiseWithResolvers<number>[] = []
  readonly heard: string[] = []
  // Nothing else of the council is used.
  readonly waits = new Applied(() => this as unknown as Council)

  read(): Promise<number> {
    const read = Promise.withResolvers<number>()
    this.reads.push(read)
    return read.promise
  }

  reach(index: number): void {
    this.applied = index
    this.waits.reached(index)
  }

  when(index: number, name: string = `${index}`): () => void {
    return this.waits.when(index, () => this.heard.push(name))
  }

  catchUp(name: string): void {
    this.waits.catchUp(() => this.heard.push(name))
  }
}

async function turns(): Promise<void> {
  for (let count = 0; count < 10; count++) await Promise.resolve()
}

test('each hears once, when its index is reached and no sooner', () => {
  const follower = new Follower()
  follower.reach(3)
  for (const index of [3, 5, 4, 9]) follower.when(index)
  expect(follower.heard).toEqual(['3'])
  follower.reach(5)
  expect(follower.heard).toEqual(['3', '5', '4'])
  follower.reach(5)
  follower.reach(20)
  expect(follower.heard).toEqual(['3', '5', '4', '9'])
})

test('who waits no more is not called, nor is anybody else forgotten for it', () => {
  const follower = new Follower()
  const end = follower.when(4, 'ended')
  follower.when(4, 'waits')
  end()
  end()
  follower.reach(4)
  expect(follower.heard).toEqual(['waits'])
})

test('who waits anew while it is called waits for what it says', () => {
  const follower = new Follower()
  follower.waits.when(1, () => follower.when(2, 'second'))
  follower.reach(1)
  expect(follower.heard).toEqual([])
  follower.reach(2)
  expect(follower.heard).toEqual(['second'])
})

test('those who ask during a question share the next one, which begins only after that', async () => {
  const follower = new Follower()
  for (const name of ['one', 'two', 'three']) follower.catchUp(name)
  expect(follower.reads).toHaveLength(1)
  follower.reads[0]!.resolve(1)
  await turns()
  expect([follower.heard, follower.reads.length]).toEqual([['one'], 2])
  follower.reads[1]!.resolve(2)
  await turns()
  expect([follower.heard, follower.reads.length]).toEqual([['one', 'two', 'three'], 2])
})

test('who cannot be brought up to date is told so all the same, and so are those behind', async () => {
  const follower = new Follower()
  follower.catchUp('one')
  follower.catchUp('two')
  follower.reads[0]!.reject(new Error('nobody leads'))
  await turns()
  follower.reads[1]!.reject(new Error('nobody leads'))
  await turns()
  expect(follower.heard).toEqual(['one', 'two'])
  follower.catchUp('three')
  expect(follower.reads).toHaveLength(3)
})
