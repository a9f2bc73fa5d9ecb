// Tests of the linearizability checker: it accepts what one copy could have done, and finds what it could not.
import { describe, expect, test } from 'vitest'
import { LinearLog } from '../../../../scenarios/testing/checkers/linearizability-log.ts'
import { claimModel, registerModel } from '../../../../scenarios/testing/checkers/linearizability-models.ts'
import { checkLinearizable } from '../../../../scenarios/testing/checkers/linearizability.ts'
import { seededRandom } from '../../../../runtime/random.ts'
import type { Operation } from '../../../../scenarios/testing/checkers/linearizability-model.ts'
import type {
  ClaimCall,
  ClaimReply,
  RegisterCall,
  RegisterReply,
} from '../../../../scenarios/testing/checkers/linearizability-models.ts'
import type { Verdict } from '../../../../scenarios/testing/checkers/verdict.ts'

type RegisterOperation = Operation<RegisterCall, RegisterReply>
type ClaimOperation = Operation<ClaimCall, ClaimReply>

const done =
  <Call, Reply>(call: Call) =>
  (invoked: number, returned: number, reply: Reply, client = 'a'): Operation<Call, Reply> => ({
    client,
    key: 'x',
    call,
    invoked,
    outcome: 'ok',
    reply,
    returned,
  })
const lost = <Call>(call: Call, invoked: number): Operation<Call, any> => ({
  client: 'z',
  key: 'x',
  call,
  invoked,
  outcome: 'info',
})
const write = (value: number) => done<RegisterCall, RegisterReply>({ type: 'write', value })
const read = done<RegisterCall, RegisterReply>({ type: 'read' })
const swap = (from: number, to: number) => done<RegisterCall, RegisterReply>({ type: 'swap', from, to })

type Case<T> = readonly [name: string, operations: readonly T[], holds: Verdict['holds'], reason?: string]

const shown = <T>(table: readonly Case<T>[]) =>
  table.map(([name, operations, holds, reason]) => [name, holds, operations, reason] as const)

describe('a register', () => {
  const table: readonly Case<RegisterOperation>[] = [
    ['nothing', [], 'unknown', 'there were no calls'],
    ['a read of what was written', [write(1)(0, 1, null), read(2, 3, 1)], true, 'over 2 calls'],
    ['a stale read', [write(1)(0, 1, null), read(2, 3, 0)], false, 'a called {"type":"read"} from 2 to 3'],
    ['either, while the write is under way', [write(1)(0, 5, null), read(1, 2, 0), read(3, 4, 1)], true],
    ['new, then old', [write(1)(0, 5, null), read(1, 2, 1), read(3, 4, 0)], false, 'got 0'],
    ['a value that nobody wrote', [read(0, 1, 7)], false],
    ['two swaps of one value', [swap(0, 1)(0, 5, true), swap(0, 2)(0, 5, true)], false, 'swap'],
    ['a swap, and one too late', [swap(0, 1)(0, 5, true), swap(0, 2)(0, 5, false), read(6, 7, 1)], true],
    ['a write that nobody knows of, seen', [lost({ type: 'write', value: 3 }, 0), read(8, 9, 3)], true],
    ['the same, not seen', [lost({ type: 'write', value: 3 }, 0), read(8, 9, 0)], true],
    ['the same, seen late', [lost({ type: 'write', value: 3 }, 0), read(1, 2, 0), read(8, 9, 3)], true],
    [
      'the same, seen and then not',
      [lost({ type: 'write', value: 3 }, 0), read(1, 2, 3), read(8, 9, 0)],
      false,
    ],
    ['seen before it was invoked', [read(1, 2, 3), lost({ type: 'write', value: 3 }, 5)], false],
    [
      'two that nobody knows of, in turn',
      [
        lost({ type: 'write', value: 3 }, 0),
        lost({ type: 'write', value: 4 }, 0),
        read(1, 2, 4),
        read(3, 4, 3),
      ],
      true,
    ],
    [
      'one that failed, seen',
      [
        { client: 'a', key: 'x', call: { type: 'write', value: 3 }, invoked: 0, outcome: 'fail' },
        read(1, 2, 3),
      ],
      false,
    ],
    ['keys are apart', [write(1)(0, 1, null), { ...read(2, 3, 0), key: 'y' }], true],
  ]
  test.each(shown(table))('%s: %s', (_, holds, operations, reason = '') => {
    const verdict = checkLinearizable(registerModel, operations)
    expect(verdict.holds).toBe(holds)
    expect(verdict.reason).toContain(reason)
  })

  test('what is not decided within the steps is unknown', () => {
    const operations = Array.from({ length: 12 }, (_, i) => write(i)(0, 100, null))
    expect(checkLinearizable(registerModel, [...operations, read(101, 102, 99)], 100)).toEqual({
      holds: 'unknown',
      reason: '"x" was not decided within 100 steps',
    })
  })
})

describe('a claim', () => {
  const claim = (by: string) => done<ClaimCall, ClaimReply>({ type: 'claim', by })
  const look = done<ClaimCall, ClaimReply>({ type: 'look' })
  const move = (from: string, epoch: number, to: string) =>
    done<ClaimCall, ClaimReply>({ type: 'move', from, epoch, to })
  const release = (by: string, epoch: number) => done<ClaimCall, ClaimReply>({ type: 'release', by, epoch })
  const has = (owner: string | null, epoch: number, isDone = true): ClaimReply => ({ isDone, owner, epoch })

  const table: readonly Case<ClaimOperation>[] = [
    ['one of two', [claim('a')(0, 5, has('a', 1)), claim('b')(0, 5, has('a', 1, false))], true],
    ['both', [claim('a')(0, 5, has('a', 1)), claim('b')(0, 5, has('b', 2))], false],
    ['none', [claim('a')(0, 5, has('b', 1, false)), claim('b')(0, 5, has('a', 1, false))], false],
    [
      'an epoch twice',
      [claim('a')(0, 1, has('a', 1)), release('a', 1)(2, 3, has(null, 1)), claim('b')(4, 5, has('b', 1))],
      false,
    ],
    [
      'moved, and the old epoch refused',
      [
        claim('a')(0, 1, has('a', 4)),
        move('a', 4, 'b')(2, 3, has('b', 9)),
        release('a', 4)(4, 5, has('b', 9, false)),
        look(6, 7, has('b', 9)),
      ],
      true,
    ],
    [
      'moved twice from one epoch',
      [
        claim('a')(0, 1, has('a', 4)),
        move('a', 4, 'b')(2, 9, has('b', 5)),
        move('a', 4, 'c')(2, 9, has('c', 6)),
      ],
      false,
    ],
    [
      'a claim whose answer was lost is seen with its epoch',
      [lost<ClaimCall>({ type: 'claim', by: 'z' }, 0), look(1, 2, has('z', 7)), look(3, 4, has('z', 7))],
      true,
    ],
    [
      'and with one epoch only',
      [lost<ClaimCall>({ type: 'claim', by: 'z' }, 0), look(1, 2, has('z', 7)), look(3, 4, has('z', 8))],
      false,
    ],
    [
      'the same claim again is answered as before',
      [claim('a')(0, 1, has('a', 4)), claim('a')(2, 3, has('a', 4))],
      true,
    ],
    [
      'a look at an owner from before',
      [claim('a')(0, 1, has('a', 4)), move('a', 4, 'b')(2, 3, has('b', 5)), look(4, 5, has('a', 4))],
      false,
    ],
  ]
  test.each(shown(table))('%s: %s', (_, holds, operations) => {
    expect(checkLinearizable(claimModel, operations).holds).toBe(holds)
  })
})

/** Calls of many clients to a register, each taking effect at a time within it. */
function crowd(count: number, clients: number, seed: string): RegisterOperation[] {
  const random = seededRandom(seed)
  const freeAt = Array.from({ length: clients }, () => 0)
  const plans = Array.from({ length: count }, (_, i) => {
    const client = i % clients
    const invoked = freeAt[client]! + random.next()
    const effect = invoked + random.next() * 20
    const returned = effect + random.next() * 20
    freeAt[client] = returned
    return { client, invoked, effect, returned }
  }).toSorted((a, b) => a.effect - b.effect)
  let state = 0
  return plans.map(({ client, invoked, returned }) => {
    const call: RegisterCall = [
      { type: 'read' } as const,
      { type: 'write', value: random.integer(5) } as const,
      { type: 'swap', from: random.integer(5), to: random.integer(5) } as const,
    ][random.integer(3)]!
    const reply = call.type === 'read' ? state : call.type === 'swap' ? state === call.from : null
    state = registerModel.step(state, call, undefined)!
    const isLost = random.integer(200) === 0
    const base = { client: `c${client}`, key: 'x', call, invoked }
    return isLost ? { ...base, outcome: 'info' } : { ...base, outcome: 'ok', reply, returned }
  })
}

test('a crowd of 20 clients is found linearizable, whatever the order of their calls in the history', () => {
  for (let seed = 0; seed < 5; seed++) {
    const operations = crowd(1_000, 20, `crowd-${seed}`)
    expect(checkLinearizable(registerModel, operations)).toMatchObject({ holds: true })
  }
})

test('one wrong read in a crowd is found', () => {
  for (let seed = 0; seed < 5; seed++) {
    const operations = crowd(1_000, 10, `wrong-${seed}`)
    const at = operations.findIndex(
      ({ call, outcome }, i) => i > 400 && call.type === 'read' && outcome === 'ok',
    )
    const wrong = operations.with(at, { ...operations[at]!, reply: 77 })
    const verdict = checkLinearizable(registerModel, wrong)
    expect(verdict.holds).toBe(false)
    expect(verdict.reason).toContain('got 77')
  }
})

test('a log keeps the order of calls and returns, and leaves open what nobody knows', async () => {
  const log = new LinearLog<RegisterCall, RegisterReply>()
  const open = log.invoke('a', 'x', { type: 'write', value: 1 })
  await log.run(
    { client: 'b', key: 'x' },
    { type: 'read' },
    () => Promise.resolve(1),
    () => false,
  )
  open.ok(null)
  await log.run(
    { client: 'b', key: 'x' },
    { type: 'write', value: 5 },
    () => Promise.reject(new Error('?')),
    () => true,
  )
  await log.run(
    { client: 'b', key: 'x' },
    { type: 'write', value: 6 },
    () => Promise.reject(new Error('!')),
    () => false,
  )
  log.invoke('c', 'x', { type: 'write', value: 9 }).fail()
  expect(log.operations().map(({ outcome, invoked, returned }) => [outcome, invoked, returned])).toEqual([
    ['ok', 0, 3],
    ['ok', 1, 2],
    ['info', 4, undefined],
    ['fail', 5, undefined],
    ['fail', 6, undefined],
  ])
  expect(checkLinearizable(registerModel, log.operations()).holds).toBe(true)
})
