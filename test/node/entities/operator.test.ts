// Tests of what an operator sees and does of entities: the command entities, info, and messages from the console.
import { expect, test } from 'vitest'
import { startTestNode } from 'troupe/testing'
import { entities } from '../../../node/verbs/entities.ts'
import { info } from '../../../node/verbs/info.ts'
import { tell } from '../../../node/verbs/tell.ts'
import { perform } from '../../../node/verbs/perform.ts'
import { clerk } from './clerk.ts'

const context = { signal: new AbortController().signal }
const load = ['test/node/entities/clerk.ts']

test.each([0, 2])(
  'with %i worker threads entities are listed with their counts and what keeps them awake',
  async (threads) => {
    await using node = await startTestNode({ threads, load })
    node.entities(clerk, { idleMs: 1_000, residentMax: 50, place: threads === 0 ? 'auto' : { thread: 1 } })
    await node.entity(clerk, 'ada').ask('note', 1)
    node.entity(clerk, 'bob').tell('hire')
    await node.advance(5_000)
    const { entities: lines, ...sums } = await perform(node, entities, { node: undefined }, context)
    expect(sums).toEqual({ resident: 1, residentMax: 1_000_000, waiting: 0 })
    expect(lines).toEqual([
      {
        definition: 'clerk',
        resident: 1,
        residentMax: 50,
        idleMs: 1_000,
        activated: 2,
        passivated: 1,
        evicted: 0,
        failed: 0,
        refusedFull: 0,
        refusedCooling: 0,
        keptAwake: { children: expect.any(Number) },
      },
    ])
  },
)

test.each([0, 2])(
  'with %i worker threads a message from the console wakes an entity, and info tells that it is one',
  async (threads) => {
    await using node = await startTestNode({ threads, load })
    node.entities(clerk, { idleMs: 1_000 })
    await perform(node, tell, { actor: 'clerk/ada', message: 'hire', payload: undefined }, context)
    await node.settle()
    expect(await perform(node, info, { actor: 'clerk/ada' }, context)).toMatchObject({
      entity: { idleMs: 1_000, keptAwakeBy: 'children' },
    })
    expect(await perform(node, info, { actor: 'clerk/ada/assistant' }, context)).toMatchObject({
      entity: null,
    })
    await expect(
      perform(node, tell, { actor: 'clerk/ada/x', message: 'note', payload: 1 }, context),
    ).rejects.toMatchObject({
      code: 'actor-unknown',
    })
  },
)

test.each([0, 2])(
  'with %i worker threads the console is told why an entity cannot be woken',
  async (threads) => {
    await using node = await startTestNode({ threads, load })
    node.entities(clerk, { residentMax: 1 })
    node.entity(clerk, 'ada').watch(() => undefined)
    await node.settle()
    const told = async (): Promise<unknown> =>
      await perform(node, tell, { actor: 'clerk/bob', message: 'note', payload: 1 }, context)
    await expect(told()).rejects.toMatchObject({ code: 'entities-full' })
  },
)
