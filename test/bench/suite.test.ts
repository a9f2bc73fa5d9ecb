// Tests of the suites: the names of their figures are a promise, and a workload's figures are found wherever they are made.
import { expect, test } from 'vitest'
import { local } from '../../bench/local.ts'
import { metricOf, programsFor, workloadNames, workloadOf } from '../../bench/suite.ts'

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
