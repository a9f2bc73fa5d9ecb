// Observers: who watches an actor from outside hears its end once, and whatever he does with it harms nobody inside.
import { describe, expect, test } from 'vitest'
import { startTestNode } from 'troupe/testing'
import { endsOf, Family } from '../../supervisors/tree/family.ts'

const temporary = { restart: 'temporary' } as const

describe('observers from outside', () => {
  test('hear each end once, and not at all once they have stopped watching', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(new Family().member(), 'ada')
    const heard: string[] = []
    ref.watch(() => heard.push('first'))
    const unwatch = ref.watch(() => heard.push('second'))
    const unwatchLate = ref.watch(() => heard.push('third'))
    unwatch()
    ref.kill()
    ref.stop()
    await node.settle()
    ref.stop()
    unwatchLate()
    await node.settle()
    expect(heard).toEqual(['first', 'third'])
  })

  test('do not hear when they stop watching between the end and its notice', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(new Family().member(), { name: 'ada', ...temporary })
    const heard: string[] = []
    const unwatch = ref.watch(() => heard.push('late'))
    ref.kill()
    unwatch()
    await node.settle()
    expect(heard).toEqual([])
  })

  test('that throw harm nobody inside, nor the other observers', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(new Family().member(), 'ada')
    const uncaught = process.listeners('uncaughtException')
    const thrown: unknown[] = []
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', (error) => thrown.push(error.message))
    const ends = endsOf(node, 'ada')
    ref.watch(() => {
      throw new Error('the program’s own affair')
    })
    const bob = await node.spawn(new Family().member(), 'bob')
    ref.stop()
    await node.settle()
    process.removeAllListeners('uncaughtException')
    for (const hear of uncaught) process.on('uncaughtException', hear)
    expect(thrown).toEqual(['the program’s own affair'])
    expect(ends).toEqual({ ada: 'stopped' })
    expect(await bob.ask('value')).toBe(0)
  })
})
