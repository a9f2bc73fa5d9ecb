// Tests of the inspection: each status is told for what it is, and looking changes nothing.
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { describe as describeCell } from '../../runtime/inspect.ts'
import type { TestNode } from 'troupe/testing'
import type { ActorView } from '../../runtime/inspect.ts'

const restless = defineActor('restless', {
  state: (gate?: Promise<void>) => ({ gate }),
  async started(self) {
    await self.state.gate
  },
  child: { backoff: { minMs: 1_000, maxMs: 1_000, factor: 1, jitter: 0, resetAfterMs: 0 } },
  on: {
    work: () => new Promise(() => {}),
    fail() {
      throw new Error('no')
    },
  },
  stopping: () => new Promise(() => {}),
})

function view(node: TestNode, path: string): ActorView {
  const cell = node.runtime.cellAt(path)
  if (cell === undefined) throw new Error(`nobody lives at ${path}`)
  return describeCell(cell)
}

test('an actor is starting, running, busy, suspended, stopping, and failed while it waits for its restart', async () => {
  await using node = await startTestNode({ strict: false })
  const { promise, resolve } = Promise.withResolvers<void>()
  const spawning = node.spawn(restless, 'r', promise)
  await node.advance(500)
  expect(view(node, 'r')).toMatchObject({ status: 'starting', busyMs: 500, message: null })
  resolve()
  await spawning
  expect(view(node, 'r')).toMatchObject({ status: 'running', busyMs: null, startsInMs: null })
  node.find('r')?.tell('work')
  await node.advance(250)
  expect(view(node, 'r')).toMatchObject({ status: 'busy', busyMs: 250, message: 'work', inHand: 1 })
  const cell = node.runtime.cellAt('r')
  if (cell === undefined) throw new Error('r lives')
  node.operator.suspend(cell)
  expect(view(node, 'r').status).toBe('suspended')
  node.operator.resume(cell)
  node.find('r')?.stop()
  expect(view(node, 'r').status).toBe('stopping')
  node.find('r')?.kill()
  await node.settle()
  expect(describeCell(cell).status).toMatch(/failed|ended/)
})

test('a failed actor tells when it starts again', async () => {
  await using node = await startTestNode()
  const quick = defineActor('quick', {
    child: { backoff: { minMs: 1_000, maxMs: 1_000, factor: 1, jitter: 0, resetAfterMs: 0 } },
    on: {
      fail() {
        throw new Error('no')
      },
    },
  })
  await node.spawn(quick, 'q')
  node.find('q')?.tell('fail')
  await node.advance(400)
  expect(view(node, 'q')).toMatchObject({ status: 'failed', startsInMs: 600, restarts: 0, dead: 1 })
  await node.advance(600)
  expect(view(node, 'q')).toMatchObject({ status: 'running', startsInMs: null, restarts: 1 })
})
