// Tests of dead letters: each is counted with its reason, the newest are kept, and any of those can be sent again.
import { describe, expect, test } from 'vitest'
import { defineActor, Fault } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { DeadLetters, deadLettersKeptMax, quarantineKeptMax } from '../../runtime/dead-letters.ts'
import { Envelope } from '../../runtime/envelope.ts'
import type { Ref } from 'troupe'

const letter = (name: number | string): Envelope =>
  new Envelope({ path: 'nobody' }, String(name), undefined, undefined, undefined)

describe('the collection', () => {
  test('counts by reason, and keeps reason, time, envelope and fault', () => {
    let nowMs = 5
    const letters = new DeadLetters(() => nowMs)
    const fault = new Fault('a-b', 'message', { hint: 'Hint.' })
    letters.add('mailbox-full', letter('a'), undefined)
    nowMs = 7
    letters.add('handler-failed', letter('b'), fault)
    letters.add('mailbox-full', letter('c'), undefined)
    expect([letters.total, letters.counts()]).toEqual([3, { 'mailbox-full': 2, 'handler-failed': 1 }])
    expect(letters.list().map(({ id, reason, atMs, envelope }) => [id, reason, atMs, envelope.name])).toEqual(
      [
        [1, 'mailbox-full', 5, 'a'],
        [2, 'handler-failed', 7, 'b'],
        [3, 'mailbox-full', 7, 'c'],
      ],
    )
    expect(letters.list()[1]?.fault).toBe(fault)
  })

  test('keeps the newest of a flood and counts all of it', () => {
    const letters = new DeadLetters(() => 0)
    for (let i = 0; i < deadLettersKeptMax + 500; i++) letters.add('mailbox-full', letter(i), undefined)
    const kept = letters.list()
    expect([letters.total, kept.length]).toEqual([deadLettersKeptMax + 500, deadLettersKeptMax])
    expect([kept[0]?.envelope.name, kept.at(-1)?.envelope.name]).toEqual([
      '500',
      String(deadLettersKeptMax + 499),
    ])
    expect(letters.counts()).toEqual({ 'mailbox-full': deadLettersKeptMax + 500 })
  })

  test('keeps poison through a flood of others, and not without bound', () => {
    const letters = new DeadLetters(() => 0)
    for (let i = 0; i < quarantineKeptMax + 5; i++)
      letters.add('message-poisoned', letter(`p${i}`), undefined)
    for (let i = 0; i < deadLettersKeptMax * 2; i++) letters.add('mailbox-full', letter(i), undefined)
    const poison = letters.list().filter(({ reason }) => reason === 'message-poisoned')
    expect(poison).toHaveLength(quarantineKeptMax)
    expect([poison[0]?.envelope.name, letters.list()[0]?.envelope.name]).toEqual(['p5', 'p5'])
  })

  test('gives a letter out once', () => {
    const letters = new DeadLetters(() => 0)
    letters.add('mailbox-full', letter('a'), undefined)
    letters.add('message-poisoned', letter('b'), undefined)
    expect([letters.take(2)?.envelope.name, letters.take(2), letters.take(9)]).toEqual([
      'b',
      undefined,
      undefined,
    ])
    expect(letters.take(1)?.envelope.name).toBe('a')
    expect([letters.list(), letters.total]).toEqual([[], 2])
  })
})

const moody = defineActor('moody', {
  state: () => ({ seen: [] as unknown[] }),
  on: {
    take: (self, value: number) => void self.state.seen.push(value),
    refuse() {
      throw new Fault('mood-bad', 'Cannot do it: the mood is bad', { hint: 'Smile.' })
    },
    crash() {
      throw new Error('broken')
    },
    async hang() {
      await new Promise<void>(() => undefined)
    },
    seen: (self) => self.state.seen,
  },
})

describe('reasons', () => {
  test('each way not to be handled has its own', async () => {
    await using node = await startTestNode()
    const ref: Ref = await node.spawn(moody, { name: 'm', restart: 'temporary' })
    for (const name of ['nonsense', 'refuse', 'hang', 'take', 'take']) ref.tell(name, 1)
    await node.settle()
    ref.kill()
    await node.settle()
    ref.tell('take', 2)
    expect(node.audit().deadLetters).toEqual({
      'message-unknown': 1,
      'handler-failed': 1,
      'handler-abandoned': 1,
      'actor-killed': 2,
      'actor-unknown': 1,
    })
    expect(node.audit()).toMatchObject({ accepted: 5, handled: 0, dead: 5, refused: 1, isBalanced: true })
  })

  test('the mail behind a failure for good says that the actor failed', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(moody, { restart: 'temporary' })
    ref.tell('crash')
    ref.tell('take', 1)
    await node.settle()
    expect(node.audit().deadLetters).toEqual({ 'handler-failed': 1, 'actor-failed': 1 })
  })

  test('a tell whose handler throws a fault carries it, with its own code', async () => {
    await using node = await startTestNode()
    ;(await node.spawn(moody)).tell('refuse')
    await node.settle()
    expect(node.runtime.host.deadLetters.list()[0]?.fault).toMatchObject({ code: 'mood-bad', hint: 'Smile.' })
    expect(node.runtime.host.totals.restarts).toBe(0)
  })

  test('a ref whose actor has gone keeps telling where it was', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(moody, 'deep/m')
    ref.stop()
    await node.settle()
    ref.tell('take', 1)
    expect(node.runtime.host.deadLetters.list()[0]?.envelope.to.path).toBe('deep/m')
  })
})

describe('replay', () => {
  test('sends a letter again to who lives there now, as a new message', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(moody, 'm')
    ref.stop()
    ref.tell('take', 7)
    await node.settle()
    const successor = await node.spawn(moody, 'm')
    const [dead] = node.runtime.host.deadLetters.list()
    if (dead === undefined) throw new Error('there is a dead letter')
    node.operator.replay(dead, node.runtime.cellAt('m')!)
    expect(await successor.ask('seen')).toEqual([7])
    expect(node.runtime.host.deadLetters.list()).toEqual([])
    expect(node.audit()).toMatchObject({ handled: 2, refused: 1, deadLetters: { 'actor-stopped': 1 } })
  })

  test('does not answer an ask that has had its ending', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(moody, { name: 'm', restart: 'temporary' })
    const hang = ref.ask('hang').catch((fault: Fault) => fault.code)
    const take = ref.ask('take', 3).catch((fault: Fault) => fault.code)
    await node.settle()
    ref.kill()
    expect([await hang, await take]).toEqual(['handler-abandoned', 'actor-killed'])
    const successor = await node.spawn(moody, 'm')
    const dead = node.runtime.host.deadLetters.list().find(({ reason }) => reason === 'actor-killed')
    node.operator.replay(dead!, node.runtime.cellAt('m')!)
    expect(await successor.ask('seen')).toEqual([3])
    expect(node.runtime.host.asks).toMatchObject({ opened: 3, replied: 1, faulted: 2, late: 0 })
  })
})
