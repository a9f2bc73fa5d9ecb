// Tests of the ask: one ending each, of the right kind, in time, and counted.
import { describe, expect, test } from 'vitest'
import { defineActor, Fault } from 'troupe'
import { startTestNode } from 'troupe/testing'
import type { Exit, Ref } from 'troupe'
import type { TestNode } from 'troupe/testing'

const worker = defineActor('worker', {
  state: () => ({ handled: 0 }),
  on: {
    double: (_self, value: number) => value * 2,
    async slowly(_self, value: number) {
      await Promise.resolve()
      return value
    },
    async wait(self, gate: number) {
      self.state.handled++
      await gates[gate]
      return gate
    },
    refuse() {
      throw new Fault('worker-tired', 'Cannot work: it is tired', {
        hint: 'Let it rest.',
        details: { since: 5 },
      })
    },
    crash() {
      throw new TypeError('a bug')
    },
    handled: (self) => self.state.handled,
    nothing() {},
  },
})

/** What `wait` waits for; each test that uses one opens it. */
const gates: Record<number, Promise<void>> = {}
function makeGate(gate: number): () => void {
  const { promise, resolve } = Promise.withResolvers<void>()
  gates[gate] = promise
  return resolve
}

const codeOf = (ask: Promise<unknown>): Promise<string> =>
  ask.then(
    (reply) => `reply ${String(reply)}`,
    (fault: Fault) => fault.code,
  )

const asksOf = (node: TestNode): object => {
  const { opened, replied, faulted, expired, late } = node.runtime.host.asks
  return { opened, replied, faulted, expired, late }
}

describe('endings', () => {
  test('a reply comes back from a synchronous and from an asynchronous handler', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(worker)
    expect(await Promise.all([ref.ask('double', 4), ref.ask('slowly', 5), ref.ask('nothing')])).toEqual([
      8,
      5,
      undefined,
    ])
    expect(asksOf(node)).toEqual({ opened: 3, replied: 3, faulted: 0, expired: 0, late: 0 })
  })

  test('a thrown fault comes back with code, hint and details, and the actor lives on', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(worker)
    await expect(ref.ask('refuse')).rejects.toMatchObject({
      code: 'worker-tired',
      hint: 'Let it rest.',
      details: { since: 5 },
      outcome: 'known',
    })
    expect(await ref.ask('double', 1)).toBe(2)
    expect(node.audit()).toMatchObject({ handled: 2, dead: 0 })
    expect(node.runtime.host.totals.restarts).toBe(0)
  })

  test('a bug comes back as handler-failed with its cause, and the actor is started again', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(worker)
    const fault = (await ref.ask('crash').catch((error: unknown) => error)) as Fault
    expect(fault.code).toBe('handler-failed')
    expect(fault.message).toContain('Cannot handle "crash" in "local/worker$1": it threw TypeError: a bug')
    expect(fault.cause).toBeInstanceOf(TypeError)
    expect(await ref.ask('double', 1)).toBe(2)
    expect(node.runtime.host.totals.restarts).toBe(1)
  })

  test('a message that no behaviour knows is refused', async () => {
    await using node = await startTestNode()
    const ref: Ref = await node.spawn(worker, 'w')
    await expect(ref.ask('tripple', 4)).rejects.toMatchObject({
      code: 'message-unknown',
      message: 'Cannot have "w" handle "tripple": its behaviour has no such message',
    })
  })

  test('names that every object has are no messages', async () => {
    await using node = await startTestNode()
    const ref: Ref = await node.spawn(worker)
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty', '']) {
      expect(await codeOf(ref.ask(name))).toBe('message-unknown')
    }
  })
})

describe('nobody there', () => {
  test('an actor that has stopped is unknown; one that was never there has no ref', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(worker, 'w')
    ref.stop()
    await node.settle()
    expect(await codeOf(ref.ask('double', 1))).toBe('actor-unknown')
    expect(node.find('w')).toBeUndefined()
    expect(node.audit()).toMatchObject({ refused: 1, deadLetters: { 'actor-unknown': 1 } })
  })

  test('an ask that waits while its actor is stopped is still answered; one after that is refused', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(worker)
    const before = ref.ask('double', 1)
    ref.stop()
    const after = codeOf(ref.ask('double', 2))
    expect([await before, await after]).toEqual([2, 'actor-stopped'])
  })

  test('an ask that waits while its actor is killed hears so; the running one has an unknown outcome', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(worker, { restart: 'temporary' })
    makeGate(1)
    const running = ref.ask('wait', 1).catch((fault: unknown) => fault as Fault)
    const waiting = codeOf(ref.ask('double', 2))
    await node.settle()
    ref.kill()
    expect(await running).toMatchObject({ code: 'handler-abandoned', outcome: 'unknown' })
    expect(await waiting).toBe('actor-killed')
  })

  test('an ask that waits while its actor is restarted is answered by the next life', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(worker)
    const crashed = codeOf(ref.ask('crash'))
    const waiting = ref.ask('double', 3)
    expect([await crashed, await waiting]).toEqual(['handler-failed', 6])
  })

  test('an ask of a failed actor that is given up hears so', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(worker, { restart: 'temporary' })
    const crashed = codeOf(ref.ask('crash'))
    const waiting = codeOf(ref.ask('double', 3))
    expect([await crashed, await waiting]).toEqual(['handler-failed', 'actor-failed'])
  })

  test('an ask that its actor has put aside hears of the end of that actor', async () => {
    await using node = await startTestNode()
    const shy = defineActor('shy', { on: { ask: (self) => self.stash() } })
    const ref = await node.spawn(shy)
    const asked = codeOf(ref.ask('ask'))
    await node.settle()
    expect(node.audit().stashed).toBe(1)
    ref.stop()
    expect(await asked).toBe('actor-stopped')
  })
})

describe('deadlines', () => {
  test('an ask expires at its deadline and not before, with an unknown outcome', async () => {
    await using node = await startTestNode()
    makeGate(1)
    const ref = await node.spawn(worker, 'w')
    let fault: Fault | undefined
    void ref.ask('wait', 1, { timeoutMs: 250 }).catch((error: unknown) => (fault = error as Fault))
    await node.advance(249.9)
    expect(fault).toBeUndefined()
    await node.advance(0.1)
    expect(fault).toMatchObject({
      code: 'ask-expired',
      outcome: 'unknown',
      details: { timeoutMs: 250 },
      message: 'Cannot ask "w" for "wait": no reply within 250 ms, the outcome is unknown',
    })
  })

  test('without a deadline of its own an ask waits 5,000 ms', async () => {
    await using node = await startTestNode()
    makeGate(1)
    const ask = codeOf((await node.spawn(worker)).ask('wait', 1))
    await node.advance(4_999)
    expect(node.runtime.host.asks.waiting).toBe(1)
    await node.advance(1)
    expect(await ask).toBe('ask-expired')
  })

  test('a reply after the deadline is counted and dropped', async () => {
    await using node = await startTestNode()
    const open = makeGate(1)
    const ask = codeOf((await node.spawn(worker)).ask('wait', 1, { timeoutMs: 10 }))
    await node.advance(10)
    open()
    await node.settle()
    expect(await ask).toBe('ask-expired')
    expect(asksOf(node)).toEqual({ opened: 1, replied: 0, faulted: 0, expired: 1, late: 1 })
    expect(node.audit().handled).toBe(1)
  })

  test('an ask that expired in the mailbox is not handled', async () => {
    await using node = await startTestNode()
    const open = makeGate(1)
    const ref = await node.spawn(worker)
    ref.tell('wait', 1)
    const ask = codeOf(ref.ask('wait', 1, { timeoutMs: 10 }))
    await node.advance(10)
    open()
    expect(await ask).toBe('ask-expired')
    expect(await ref.ask('handled')).toBe(1)
    expect(node.audit().deadLetters).toEqual({ 'message-unwanted': 1 })
  })

  test('an answered ask leaves no timer behind', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(worker)
    for (let i = 0; i < 100; i++) await ref.ask('double', i)
    expect(node.runtime.host.timers.count).toBe(0)
  })

  for (const timeoutMs of [0, -1, 0.5, Number.NaN, Infinity, 2 ** 31, '5' as unknown as number]) {
    test(`a deadline of ${String(timeoutMs)} is refused, and nothing is sent`, async () => {
      await using node = await startTestNode()
      const ref = await node.spawn(worker)
      expect(await codeOf(ref.ask('double', 1, { timeoutMs }))).toBe('timeout-invalid')
      expect(node.audit().accepted).toBe(0)
      expect(asksOf(node)).toMatchObject({ opened: 0 })
    })
  }
})

test('an exit of the asked actor and the end of the ask agree on the cause', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(worker, { restart: 'temporary' })
  const exits: Exit[] = []
  ref.watch((exit) => exits.push(exit))
  const code = codeOf(ref.ask('crash'))
  await node.settle()
  expect([await code, exits[0]?.fault?.code]).toEqual(['handler-failed', 'handler-failed'])
})
