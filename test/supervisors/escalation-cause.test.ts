// The cause that watchers hear when a failure is passed up: the child that failed has failed, its siblings were stopped.
import { expect, test } from 'vitest'
import { defineActor, defineSupervisor, Node } from 'troupe'
import { seededRandom } from '../../runtime/random.ts'
import { ManualClock } from '../../scenarios/testing/manual-clock.ts'
import type { SupervisionSpec } from 'troupe'

const fragile = defineActor('fragile', {
  on: {
    fail() {
      throw new TypeError('as told')
    },
  },
})

async function endsOf(supervision: Partial<SupervisionSpec>): Promise<Record<string, string>> {
  const clock = new ManualClock()
  const node = new Node({ name: 'test' }, { clock, random: seededRandom(1) })
  const children = ['a', 'b'].map((name) => ({ name, actor: fragile }))
  await node.spawn(defineSupervisor('pair', { ...supervision, children }), {
    name: 'pair',
    restart: 'temporary',
  })
  const ends: Record<string, string> = {}
  for (const path of ['pair', 'pair/a', 'pair/b']) {
    node.find(path)?.watch(({ cause, fault }) => (ends[path] = `${cause} ${fault?.code ?? ''}`.trim()))
  }
  node.find('pair/a')?.tell('fail')
  await clock.settle()
  await node.stop()
  return ends
}

test('a child that exhausts the budget ends as failed, its sibling as stopped', async () => {
  expect(await endsOf({ intensity: 0 })).toEqual({
    'pair/a': 'failed restarts-exhausted',
    'pair/b': 'stopped',
    pair: 'failed restarts-exhausted',
  })
})

test('a child whose failure is escalated by a directive ends as failed with its own fault', async () => {
  expect(await endsOf({ directives: [{ error: TypeError, directive: 'escalate' }] })).toEqual({
    'pair/a': 'failed handler-failed',
    'pair/b': 'stopped',
    pair: 'failed handler-failed',
  })
})
