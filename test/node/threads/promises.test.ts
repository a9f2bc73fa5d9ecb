// The tests of the kernel's promises between two actors: in one thread, in two real ones, in two simulated ones, and while one moves.
import { describe } from 'vitest'
import { startNode } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { promisesContract } from '../../contracts/promises.ts'
import type { World } from '../../contracts/promises.ts'

const load = [new URL('traveller.ts', import.meta.url).href]

describe('in one thread', () => {
  promisesContract(async (): Promise<World> => {
    const node = await startTestNode()
    return { node, places: ['main', 'main'], pass: (ms) => node.advance(ms) }
  })
})

describe('in two simulated threads', () => {
  promisesContract(async (): Promise<World> => {
    const node = await startTestNode({ threads: 2, load })
    return { node, places: [{ thread: 1 }, { thread: 2 }], pass: (ms) => node.advance(ms) }
  })
})

describe('in the main thread and a simulated one', () => {
  promisesContract(async (): Promise<World> => {
    const node = await startTestNode({ threads: 1, load })
    return { node, places: ['main', { thread: 1 }], pass: (ms) => node.advance(ms) }
  })
})

describe('in two real threads', () => {
  promisesContract(async (): Promise<World> => {
    const node = await startNode({ threads: 2, strict: true, load })
    return { node, places: [{ thread: 1 }, { thread: 2 }], pass: () => Promise.resolve() }
  })
})
