// Tests of the arguments of a benchmark run.
import { describe, expect, test } from 'vitest'
import { readArguments } from '../../bench/arguments.ts'
import { runsDefault } from '../../bench/suite.ts'
import { suites } from '../../bench/suites.ts'

const read = (line: string) =>
  readArguments(
    line.split(' ').filter((word) => word !== ''),
    suites,
  )

describe('a run', () => {
  test('a suite alone means all of its workloads, for people', () => {
    expect(read('local')).toEqual({
      type: 'run',
      suite: suites['local'],
      workload: undefined,
      isJson: false,
      runs: runsDefault,
    })
  })

  test('options may stand anywhere', () => {
    const wanted = { type: 'run', workload: 'tell', isJson: true, runs: 3 }
    for (const line of ['local tell --json --runs 3', '--runs=3 local --json tell']) {
      expect(read(line)).toMatchObject(wanted)
    }
  })

  test('help is given whatever else is wrong', () => {
    expect(read('--help nonsense')).toEqual({ type: 'help' })
    expect(read('-h')).toEqual({ type: 'help' })
  })
})

describe('what is wrong is named', () => {
  for (const [line, why] of [
    ['', 'no suite was named; there is: local, threads, journal, cluster'],
    ['lokal', '"lokal" is no suite; did you mean "local"?'],
    ['constructor', '"constructor" is no suite; there is: local, threads, journal, cluster'],
    ['local pingpong', '"pingpong" is no workload of suite "local"; did you mean "ping-pong"?'],
    ['local tell ring', '"ring" is one name too many'],
    ['local --runs 0', '--runs 0 is not a whole number from 1 to 1000'],
    ['local --runs 2.5', '--runs 2.5 is not a whole number from 1 to 1000'],
    ['local --runs many', '--runs many is not a whole number from 1 to 1000'],
    ['local --runs 1e3', '--runs 1e3 is not a whole number from 1 to 1000'],
  ] as const) {
    test(`in "${line}"`, () => {
      expect(read(line)).toEqual({ type: 'wrong', why })
    })
  }

  test('an unknown option is refused, and so is one without its value', () => {
    expect(read('local --jsno')).toMatchObject({ type: 'wrong', why: expect.stringContaining('--jsno') })
    expect(read('local --runs')).toMatchObject({ type: 'wrong', why: expect.stringContaining('--runs') })
  })
})
