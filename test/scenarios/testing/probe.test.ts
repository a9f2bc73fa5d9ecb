// Tests of the probe: what it finds, what it says when it finds something else, and that it never sleeps.
import { expect, test } from 'vitest'
import { defineActor, Fault } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { probeMessagesMax } from '../../../scenarios/testing/probe.ts'
import type { Ref } from 'troupe'

const reporter = defineActor('reporter', {
  on: {
    report: (_self, { to, values }: { to: Ref; values: number[] }) =>
      values.forEach((value) => to.tell('value', value)),
    later(self, { to, ms }: { to: Ref; ms: number }) {
      self.after(ms, 'report', { to, values: [ms] })
    },
    async query(_self, to: Ref) {
      return { answered: await to.ask('question', 7, { timeoutMs: 100 }) }
    },
    fail() {
      throw new Error('told to')
    },
  },
})

async function faultOf(attempt: Promise<unknown>): Promise<Fault> {
  const fault: unknown = await attempt.catch((error: unknown) => error)
  if (Fault.is(fault)) return fault
  throw new Error(`a fault was expected, not ${String(fault)}`)
}

test('a probe finds the messages of one sender in order, each once, with its sender', async () => {
  await using node = await startTestNode()
  const probe = node.probe()
  const ref = await node.spawn(reporter, 'rep')
  ref.tell('report', { to: probe.ref, values: [1, 2] })
  const first = await probe.expectMessage('value', 1)
  expect([first.name, first.payload, first.from, first.isAsk]).toEqual(['value', 1, 'rep', false])
  await probe.expectMessage('value', 2)
  await probe.expectNoMessage()
})

test('an expectation moves the time to the alarm that brings the message, and no further', async () => {
  await using node = await startTestNode()
  const probe = node.probe()
  const ref = await node.spawn(reporter)
  ref.tell('later', { to: probe.ref, ms: 40.5 })
  await node.settle()
  ref.tell('later', { to: probe.ref, ms: 60 })
  await probe.expectMessage('value')
  expect(node.clock.now()).toBe(60)
})

test('a message that is there already needs no time', async () => {
  await using node = await startTestNode()
  const probe = node.probe()
  probe.ref.tell('hello')
  await probe.expectMessage('hello')
  expect(node.clock.now()).toBe(0)
})

test('a message that does not come in time is missing, and the time has passed', async () => {
  await using node = await startTestNode()
  const probe = node.probe()
  ;(await node.spawn(reporter)).tell('later', { to: probe.ref, ms: 51 })
  const fault = await faultOf(probe.expectMessage('value', 51, { withinMs: 50 }))
  expect(fault.code).toBe('message-missing')
  expect(fault.message).toBe('Cannot find "value" with 51 at "local/probe$1": none came within 50 ms')
  expect(node.clock.now()).toBe(50)
  await probe.expectMessage('value', 51, { withinMs: 1 })
})

test('a message that comes at the last moment is in time', async () => {
  await using node = await startTestNode()
  const probe = node.probe()
  ;(await node.spawn(reporter)).tell('later', { to: probe.ref, ms: 50 })
  await probe.expectMessage('value', 50, { withinMs: 50 })
})

test('the fault about another message names it, its sender and what waits behind it', async () => {
  await using node = await startTestNode()
  const probe = node.probe('bank/audit')
  ;(await node.spawn(reporter, 'rep')).tell('report', { to: probe.ref, values: [1, 2, 3] })
  const fault = await faultOf(probe.expectMessage('value', 9))
  expect(fault.code).toBe('message-unexpected')
  expect(fault.message).toBe(
    'Cannot find "value" with 9 at "bank/audit": the next is "value" with 1 from "rep"',
  )
  expect(fault.details?.['waiting']).toEqual(['"value" with 2', '"value" with 3'])
  expect((await faultOf(probe.expectMessage('worth'))).message).toContain('the next is "value" with 2')
})

test('a message is found where none was expected, at once or within the time given', async () => {
  await using node = await startTestNode()
  const probe = node.probe()
  ;(await node.spawn(reporter)).tell('later', { to: probe.ref, ms: 30 })
  await probe.expectNoMessage()
  await probe.expectNoMessage({ withinMs: 29 })
  const fault = await faultOf(probe.expectNoMessage({ withinMs: 1 }))
  expect(fault.code).toBe('message-unexpected')
  expect(fault.message).toContain('there is "value" with 30')
})

test('a missing message shows the dead letters, where it may be', async () => {
  await using node = await startTestNode()
  const probe = node.probe()
  const ref = await node.spawn(reporter, 'rep')
  ;(ref as Ref).tell('reprot', 5)
  const fault = await faultOf(probe.expectMessage('value'))
  expect(fault.details?.['deadLetters']).toEqual(['message-unknown: "reprot" to "rep"'])
})

test('the sender of an ask gets the reply that the test gives', async () => {
  await using node = await startTestNode()
  const probe = node.probe()
  const answer = (await node.spawn(reporter)).ask('query', probe.ref)
  const question = await probe.expectMessage('question', 7)
  expect(question.isAsk).toBe(true)
  question.reply(42)
  expect(await answer).toEqual({ answered: 42 })
})

test('the sender of an ask gets the fault that the test gives, once', async () => {
  await using node = await startTestNode()
  const probe = node.probe()
  const answer = faultOf((await node.spawn(reporter)).ask('query', probe.ref))
  const question = await probe.expectMessage('question')
  question.fail(new Fault('question-silly', 'Cannot answer 7: it is silly', { hint: 'Ask for 8.' }))
  question.reply(42)
  expect((await answer).code).toBe('question-silly')
  expect(node.runtime.host.asks.late).toBe(1)
})

test('an ask that the test leaves alone expires; one that has expired is not found', async () => {
  await using node = await startTestNode()
  const probe = node.probe()
  const ref = await node.spawn(reporter)
  const answer = faultOf(ref.ask('query', probe.ref))
  await node.advance(100)
  expect((await answer).code).toBe('ask-expired')
  await probe.expectNoMessage()
  expect(node.audit().deadLetters).toEqual({ 'message-unwanted': 1 })
})

test('an ask that the test took and never answered ends with the node', async () => {
  const node = await startTestNode()
  const probe = node.probe()
  const answer = faultOf(probe.ref.ask('question'))
  await probe.expectMessage('question')
  await node[Symbol.asyncDispose]()
  expect((await answer).code).toBe('handler-abandoned')
})

test('a tell cannot be answered, and a reply that could not travel is refused', async () => {
  await using node = await startTestNode()
  const probe = node.probe()
  probe.ref.tell('fact')
  const fact = await probe.expectMessage('fact')
  expect(() => fact.reply(1)).toThrow(expect.objectContaining({ code: 'message-unasked' }))
  const answer = probe.ref.ask('question')
  const question = await probe.expectMessage('question')
  expect(() => question.reply(() => 1)).toThrow(expect.objectContaining({ code: 'payload-unencodable' }))
  question.reply(1)
  expect(await answer).toBe(1)
})

test('a watched actor is down with its cause, also when it ended long ago', async () => {
  await using node = await startTestNode()
  const probe = node.probe()
  const [stopped, killed, failed] = await Promise.all([
    node.spawn(reporter, 'stopped'),
    node.spawn(reporter, { name: 'killed', restart: 'temporary' }),
    node.spawn(reporter, { name: 'failed', restart: 'temporary' }),
  ])
  for (const ref of [stopped, killed]) probe.watch(ref)
  stopped.stop()
  killed.kill()
  failed.tell('fail')
  expect((await probe.expectDown(killed, 'killed')).cause).toBe('killed')
  await probe.expectDown(stopped, 'stopped')
  expect((await probe.expectDown(failed)).fault?.code).toBe('handler-failed')
})

test('an actor that lives on is missing among the downs', async () => {
  await using node = await startTestNode()
  const fault = await faultOf(
    node.probe().expectDown(await node.spawn(reporter, 'rep'), 'stopped', { withinMs: 10 }),
  )
  expect(fault.code).toBe('down-missing')
  expect(fault.message).toBe('Cannot find "rep" ended by "stopped": it lived on for 10 ms')
})

test('an actor that ended in another way is said to have', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(reporter, { name: 'rep', restart: 'temporary' })
  ref.tell('fail')
  const fault = await faultOf(node.probe().expectDown(ref, 'stopped'))
  expect(fault.code).toBe('down-unexpected')
  expect(fault.message).toContain('it ended by "failed", handler-failed: Cannot handle "fail" in "rep"')
})

test('what a probe does not take is bounded, and refused beyond the bound', async () => {
  await using node = await startTestNode()
  const probe = node.probe()
  for (let i = 0; i < probeMessagesMax + 3; i++) probe.ref.tell('flood')
  expect(node.audit().deadLetters).toEqual({ 'mailbox-full': 3 })
  const offered = probe.ref.offer('late')
  await probe.expectMessage('flood')
  await offered
})

test('a probe stays on the books: what it took is handled, what it holds is waiting', async () => {
  await using node = await startTestNode()
  const probe = node.probe()
  for (let i = 0; i < 3; i++) probe.ref.tell('fact', i)
  await probe.expectMessage('fact', 0)
  expect(node.audit()).toMatchObject({ accepted: 3, handled: 1, waiting: 2, isBalanced: true })
})

test('a probe can be killed and watched like any actor', async () => {
  await using node = await startTestNode()
  const [watcher, victim] = [node.probe(), node.probe('victim')]
  watcher.watch(victim.ref)
  victim.ref.kill()
  await watcher.expectDown(victim.ref, 'killed')
  expect(node.find('victim')).toBeUndefined()
})
