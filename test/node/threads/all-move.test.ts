// Tests on real threads in which senders and receivers all move to and fro while messages flow.
import { expect, test } from 'vitest'
import { Fault } from '../../../runtime/fault.ts'
import { seededRandom } from '../../../runtime/random.ts'
import { startNode } from '../../../node/start-node.ts'
import { shooter, target } from './crowd.ts'

const rounds = 500
const times = 10

test('nobody overtakes its own messages, and none is lost, while all who send and receive move', async () => {
  await using node = await startNode({
    name: 'crowd',
    threads: 2,
    load: [new URL('crowd.ts', import.meta.url).href],
  })
  const random = seededRandom(7)
  const place = (index: number): { readonly thread: number } => ({ thread: index % 3 })
  const targets = await Promise.all(
    [0, 1, 2, 3, 4, 5].map((index) => node.spawn(target, { name: `target-${index}`, place: place(index) })),
  )
  const shooters = await Promise.all(
    [0, 1, 2, 3].map((index) =>
      node.spawn(shooter, { name: `shooter-${index}`, place: place(index) }, targets),
    ),
  )
  const all = [...targets, ...shooters]
  let moves = 0
  for (let round = 0; round < rounds; round++) {
    for (const one of shooters) one.tell('shoot', times)
    const tries = Array.from({ length: 5 }, async () => {
      try {
        await node.move(all[random.integer(all.length)]!, { thread: random.integer(3) })
        moves++
      } catch (fault) {
        // Somebody else has it on its way already, or those whom it has told are on theirs.
        if (!Fault.is(fault) || !['move-refused', 'move-busy'].includes(fault.code)) throw fault
      }
    })
    await Promise.all(tries)
  }
  for (const one of shooters) expect(await one.ask('finish')).toBe(rounds * times)
  for (const one of targets)
    expect(await one.ask('tally')).toEqual({ count: shooters.length * rounds * times, disordered: 0 })
  expect(moves).toBeGreaterThan(rounds)
  expect((await node.auditAll()).differences).toEqual([])
})
