// Tests of the suites: the names of their figures are a promise, and a workload's figures are found wherever they are made.
import { expect, test } from 'vitest'
import { cluster } from '../../bench/cluster.ts'
import { journal } from '../../bench/journal.ts'
import { local } from '../../bench/local.ts'
import { metricOf, peersOf, programsFor, workloadNames, workloadOf } from '../../bench/suite.ts'
import { threads } from '../../bench/threads.ts'
import type { Program, Suite } from '../../bench/suite.ts'

test('the figures of the suite "local" keep their names', () => {
  expect(local.programs.flatMap(({ figures }) => figures.map(({ name }) => name))).toEqual([
    'tell/msg',
    'ping-pong/roundtrip',
    'ring/hop',
    'big/msg',
    'ask1/ask',
    'ask64/ask',
    'spawn/actor',
    'idle/heap',
    'spawn/alive',
    'skynet/time',
    'restart/restart',
    'fairness/echo-p50',
    'fairness/echo-p99',
    'fairness/timer-p99',
    'fairness/quiet-p99',
  ])
})

test('the figures of the suite "threads" keep their names', () => {
  expect(threads.programs.flatMap(({ figures }) => figures.map(({ name }) => name))).toEqual([
    'tell-16/msg',
    'tell-100/msg',
    'tell-1k/msg',
    'tell-64k/msg',
    'fan-in/msg',
    'ask1/p50',
    'ask1/p99',
    'ask64/ask',
    'scaling/ratio',
    'move-1k/p50',
    'move-1k/p99',
    'move-64k/p50',
    'move-64k/p99',
    'move-1m/p50',
    'move-1m/p99',
    'moves/move',
    'moves-10k/time',
    'replace-blocked/time',
    'replace-crashed/time',
    'thread/ready',
    'thread/rss',
    'idle/cpu',
  ])
})

test('the figures of the suite "journal" keep their names', () => {
  expect(journal.programs.flatMap(({ figures }) => figures.map(({ name }) => name))).toEqual([
    'append-100-c1/event',
    'append-100-c64/event',
    'append-100-c1024/event',
    'append-1k-c1/event',
    'append-1k-c64/event',
    'append-1k-c1024/event',
    'ack-100-c64/p50',
    'ack-100-c64/p99',
    'replay-100/event',
    'recover-100k/first',
    'recover-100k/eager',
    'recover-100k-entities/first',
    'recover-100k-entities/eager',
    'reliable/msg',
    'snapshot/ratio',
    'snapshot/recover',
  ])
})

test('the figures of the suite "cluster" keep their names', () => {
  expect(cluster.programs.flatMap(({ figures }) => figures.map(({ name }) => name))).toEqual([
    'tell-16/msg',
    'tell-100/msg',
    'tell-1k/msg',
    'tell-64k/MB',
    'ask1/p50',
    'ask1/p99',
    'ask64/ask',
    'bulk/heartbeat-p50',
    'handshake/rate',
    'commit/rate',
    'commit/p50',
    'claim/rate',
    'kill/removed-p95',
    'kill/serving-p95',
    'stop/removed-p95',
    'stop/serving-p95',
    'cut/removed-p95',
    'cut/serving-p95',
    'fan-out/msg',
    'peer/memory',
    'hundred/time',
    'hundred/rss',
    'start/ready',
    'start/rss',
  ])
})

test('a program is run by those of the suite whom it suits', () => {
  const program: Program = { name: 'job', figures: [], warmUps: 0, load: async () => ({}) }
  const suite: Suite = { name: 'jobs', peers: ['troupe', 'limit'], programs: [program] }
  expect(peersOf(suite, program)).toEqual(['troupe', 'limit'])
  expect(peersOf(suite, { ...program, peers: ['limit', 'postmessage'] })).toEqual(['limit'])
  expect(peersOf(suite, { ...program, peers: ['postmessage'] })).toEqual([])
})

for (const suite of [local, threads, journal, cluster]) {
  test(`each program of the suite "${suite.name}" says what each of its peers does`, async () => {
    for (const program of suite.programs) {
      const known = Object.keys(await program.load())
      expect({ program: program.name, known }).toEqual({
        program: program.name,
        known: expect.arrayContaining<string>(peersOf(suite, program)),
      })
    }
  })
}

test('each workload is named once, though two programs measure parts of it', () => {
  const names = workloadNames(local)
  expect(new Set(names).size).toBe(names.length)
  expect(names).toContain('spawn')
})

test('a workload takes along each program that measures a part of it, and no other figures', () => {
  const programs = programsFor(local, 'spawn')
  expect(programs.map(({ name }) => name)).toEqual(['spawn', 'idle'])
  expect(programs.flatMap(({ figures }) => figures.map(({ name }) => name))).toEqual([
    'spawn/actor',
    'spawn/alive',
  ])
})

test('without a workload all programs run', () => {
  expect(programsFor(local, undefined)).toEqual(local.programs)
})

test('a figure is named after its workload and its metric', () => {
  expect([workloadOf('fairness/echo-p50'), metricOf('fairness/echo-p50')]).toEqual(['fairness', 'echo-p50'])
})
