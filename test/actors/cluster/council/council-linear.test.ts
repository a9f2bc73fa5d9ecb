// What clients see of a counter behind the council could have come from one copy of it.
import { expect, test } from 'vitest'
import { checkLinearizable } from '../../../../scenarios/testing/checkers/linearizability.ts'
import { LinearLog } from '../../../../scenarios/testing/checkers/linearizability-log.ts'
import { World } from './council-world.ts'
import type { LinearModel } from '../../../../scenarios/testing/checkers/linearizability-model.ts'

type Call = 'add' | 'look'

const counter: LinearModel<number, Call, number> = {
  start: 0,
  step: (state, call, reply) => {
    const next = call === 'add' ? state + 1 : state
    return reply === undefined || reply === next ? next : undefined
  },
  isLook: (call) => call === 'look',
  nameOf: String,
}

async function call(world: World, log: LinearLog<Call, number>, member: number, what: Call): Promise<void> {
  const life = world.lives.get(member)
  if (life === undefined) return
  const open = log.invoke(`${member}`, 'counter', what)
  try {
    if (what === 'add') {
      const { answer } = await life.council.propose(Buffer.from(`${world.time.now}-${member}`), {
        timeoutMs: 2_000,
      })
      open.ok(Number(Buffer.from(answer).toString()))
      return
    }
    await life.council.read({ timeoutMs: 2_000 })
    open.ok(life.machine.seen.length)
  } catch {
    // Nobody knows what became of it; a look has changed nothing.
    if (what === 'look') open.fail()
  }
}

async function history(seed: number): Promise<LinearLog<Call, number>> {
  const world = new World(`linear ${seed}`, { driftOf1000: 40 })
  const log = new LinearLog<Call, number>()
  await world.start(1, { found: true })
  for (const member of [2, 3]) await world.start(member, { contacts: [1] })
  await world.run(500)
  for (const member of [2, 3]) {
    void world.leader?.council.changeVoters({ add: member })
    await world.run(100)
  }
  for (let step = 0; step < 120; step++) {
    for (const member of [1, 2, 3].filter(() => world.random.integer(3) === 0))
      void call(world, log, member, world.random.integer(2) === 0 ? 'add' : 'look')
    if (step % 40 === 10) mute(world, world.leader!.council.self)
    if (step % 40 === 25) world.cuts.clear()
    await world.run(40)
  }
  await world.run(3_000)
  return log
}

/** What it says is heard by nobody; it hears the others. */
function mute(world: World, member: number): void {
  for (const other of [1, 2, 3]) world.cut(member, other)
}

test('a counter is linearizable while leaders are not heard any more', async () => {
  for (let seed = 1; seed <= 8; seed++) {
    const log = await history(seed)
    expect(checkLinearizable(counter, log.operations()), `seed ${seed}`).toMatchObject({ holds: true })
  }
})
