// The tests of the registrar: claims share commands, and what was to be given back is, however often the council does not answer.
import { expect, test } from 'vitest'
import { claimsWaitingMax, Registrar, releaseRetryMs } from '../../../node/cluster/registrar.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import type { Answer } from '../../../actors/cluster/state/answer.ts'
import type { Claim, Command } from '../../../actors/cluster/state/command.ts'

function claimOf(top: string): Claim {
  return {
    top,
    onLoss: 'rehome',
    definition: 'soul@1',
    spec: new Uint8Array(1),
    isSingleton: false,
    ticket: 1,
  }
}

class Desk {
  readonly clock = new ManualClock()
  readonly proposed: Command[] = []
  readonly registrar: Registrar
  answer: (command: Command) => Promise<Answer>

  constructor(answer: (command: Command) => Promise<Answer>) {
    this.answer = answer
    this.registrar = new Registrar({
      clock: this.clock,
      member: () => 4,
      propose: (command) => {
        this.proposed.push(command)
        return this.answer(command)
      },
    })
  }
}

function granted(command: Command): Promise<Answer> {
  if (command.type !== 'claim') return Promise.resolve({ type: 'counted', count: 1 })
  const results = command.claims.map((_, index) => ({ type: 'claimed' as const, epoch: 10 + index }))
  return Promise.resolve({ type: 'claims', results })
}

test('claims of one turn are one command, and each hears its own epoch', async () => {
  const { clock, registrar, proposed } = new Desk(granted)
  const claims = [registrar.claim(claimOf('one')), registrar.claim(claimOf('two'))]
  await clock.settle()
  expect(await Promise.all(claims)).toEqual([10, 11])
  expect(proposed).toHaveLength(1)
})

test('a name that somebody has is refused as "name-taken", and a malformed answer as "council-unreachable"', async () => {
  const desk = new Desk(() =>
    Promise.resolve({
      type: 'claims',
      results: [{ type: 'taken', home: { top: 'x', member: 1, epoch: 2 } }],
    }),
  )
  await expect(desk.registrar.claim(claimOf('x'))).rejects.toMatchObject({ code: 'name-taken' })
  desk.answer = () => Promise.resolve({ type: 'counted', count: 0 })
  await expect(desk.registrar.claim(claimOf('x'))).rejects.toMatchObject({
    code: 'council-unreachable',
    outcome: 'unknown',
  })
})

test('a refusal of all claims is told to each', async () => {
  const desk = new Desk(() => Promise.resolve({ type: 'refused', code: 'member-draining', why: 'it drains' }))
  await expect(desk.registrar.claim(claimOf('x'))).rejects.toMatchObject({ code: 'member-draining' })
})

test('more claims than may wait are refused as "homes-full"', () => {
  const desk = new Desk(() => new Promise(() => undefined))
  for (let count = 0; count < claimsWaitingMax; count++) void desk.registrar.claim(claimOf('x'))
  expect(() => desk.registrar.claim(claimOf('x'))).toThrow(
    expect.objectContaining({ code: 'homes-full' }) as Error,
  )
})

test('a name is given back again and again until the council has heard it', async () => {
  const desk = new Desk(() => Promise.reject(new Error('nobody leads')))
  desk.registrar.release({ top: 'x', epoch: 5 })
  await desk.clock.advance(releaseRetryMs)
  expect(desk.proposed).toHaveLength(2)
  desk.answer = granted
  await desk.clock.advance(10 * releaseRetryMs)
  expect(desk.proposed.at(-1)).toEqual({ type: 'release', member: 4, homes: [{ top: 'x', epoch: 5 }] })
  expect(desk.proposed).toHaveLength(3)
  desk.registrar.close()
})
