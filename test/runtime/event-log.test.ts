// Tests of the event log: what it keeps, for how long, and who may follow; and what actors write into it.
import { describe, expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { EventLog, eventsKeptMax, followersMax } from '../../runtime/event-log.ts'
import type { LifecycleEvent } from '../../runtime/event-log.ts'

const ada = { path: 'ada' }

describe('the log', () => {
  test('numbers its events from 0 and keeps them in order', () => {
    let nowMs = 3
    const log = new EventLog(() => nowMs)
    log.emit('spawned', ada)
    nowMs = 4
    log.emit('failed', ada, 'why')
    expect(log.recent()).toEqual([
      { seq: 0, kind: 'spawned', subject: ada, atMs: 3, detail: undefined },
      { seq: 1, kind: 'failed', subject: ada, atMs: 4, detail: 'why' },
    ])
  })

  test('keeps the newest, counts all', () => {
    const log = new EventLog(() => 0)
    for (let i = 0; i < eventsKeptMax * 2 + 10; i++) log.emit('log', ada, i)
    const kept = log.recent()
    expect([log.count, kept.length]).toEqual([eventsKeptMax * 2 + 10, eventsKeptMax])
    expect([kept[0]?.detail, kept.at(-1)?.detail]).toEqual([eventsKeptMax + 10, eventsKeptMax * 2 + 9])
    expect(log.recent(3).map(({ detail }) => detail)).toEqual([
      eventsKeptMax * 2 + 7,
      eventsKeptMax * 2 + 8,
      eventsKeptMax * 2 + 9,
    ])
    expect(log.recent(eventsKeptMax * 5)).toHaveLength(eventsKeptMax)
    expect(log.recent(0)).toEqual([])
  })

  test('a follower sees each event from then on, until it leaves', () => {
    const log = new EventLog(() => 0)
    const seen: unknown[] = []
    const follow = (event: LifecycleEvent): void => void seen.push(event.detail)
    log.emit('log', ada, 'before')
    expect(log.follow(follow)).toBe(true)
    for (const detail of [1, 2]) log.emit('log', ada, detail)
    log.unfollow(follow)
    log.emit('log', ada, 'after')
    expect(seen).toEqual([1, 2])
  })

  test('a follower may leave while it is told', () => {
    const log = new EventLog(() => 0)
    const seen: string[] = []
    const once = (): void => {
      seen.push('once')
      log.unfollow(once)
    }
    log.follow(once)
    log.follow(() => void seen.push('always'))
    for (let i = 0; i < 2; i++) log.emit('log', ada)
    expect(seen).toEqual(['once', 'always', 'always'])
  })

  test('no more may follow than were allowed', () => {
    const log = new EventLog(() => 0)
    const followers = Array.from({ length: followersMax }, () => () => undefined)
    expect(followers.every((follow) => log.follow(follow))).toBe(true)
    const late = (): void => undefined
    expect(log.follow(late)).toBe(false)
    log.unfollow(followers[0]!)
    expect(log.follow(late)).toBe(true)
  })
})

const chatty = defineActor('chatty', {
  on: {
    speak(self) {
      self.log.debug('one')
      self.log.info('two', { n: 2 })
      self.log.warn('three', undefined)
      self.log.error('four', null)
    },
    crash() {
      throw new Error('broken')
    },
  },
})

test('what an actor logs is an event of its node, with level, details, path and time', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(chatty, 'bank/ada')
  await node.advance(12.5)
  ref.tell('speak')
  await node.settle()
  const lines = node.runtime.host.events.recent().filter(({ kind }) => kind === 'log')
  expect(lines.map(({ detail }) => detail)).toEqual([
    { level: 'debug', message: 'one' },
    { level: 'info', message: 'two', details: { n: 2 } },
    { level: 'warn', message: 'three' },
    { level: 'error', message: 'four', details: null },
  ])
  expect(new Set(lines.map(({ subject, atMs }) => `${subject.path} ${atMs}`))).toEqual(
    new Set(['bank/ada 12']),
  )
})

test('a life leaves its events in their order', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(chatty, 'c')
  ref.tell('crash')
  ref.stop()
  await node.settle()
  const kinds = node.runtime.host.events.recent().filter(({ subject }) => subject.path === 'c')
  expect(kinds.map(({ kind }) => kind)).toEqual(['spawned', 'failed', 'stopped'])
})
