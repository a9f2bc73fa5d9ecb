// Tests of what a run prints: quantities, rows, the last line, and the figures as JSON.
import { describe, expect, test } from 'vitest'
import { figure } from '../../bench/figure.ts'
import { goalText, quantity } from '../../bench/quantity.ts'
import { tableFoot, tableHead, tableRow } from '../../bench/table.ts'
import type { Result } from '../../bench/race.ts'
import type { Peer } from '../../bench/workload.ts'

const two: readonly Peer[] = ['troupe', 'limit']

const rate: Result = {
  spec: { name: 'tell/msg', unit: '/s', goal: { min: 15e6, minOf: { limit: 0.4 } } },
  troupe: 18_230_000,
  limit: 40_000_000,
  runs: 7,
}
const time: Result = {
  spec: { name: 'skynet/time', unit: 'ms', goal: { max: 1_200 } },
  troupe: 1_500,
  limit: 750,
  runs: 7,
}
const free: Result = { ...time, spec: { name: 'spawn/alive', unit: '/s', goal: {} } }

describe('quantities', () => {
  for (const [value, unit, text] of [
    [18_230_000, '/s', '18.2 M/s'],
    [999_600, '/s', '1,000 k/s'],
    [160_000, '/s', '160 k/s'],
    [12, '/s', '12.0 /s'],
    [0.5432, 'ms', '0.543 ms'],
    [1_954.4, 'ms', '1,954 ms'],
    [392.3, 'B', '392 B'],
    [0, 'ms', '0 ms'],
    [4.91, 'µs', '4.91 µs'],
    [0.0132, '%', '0.0132 %'],
    [1.934, 'ratio', '1.93'],
    [8_912_896, 'B', '8.50 MiB'],
  ] as const) {
    test(`${value} in ${unit} is written "${text}"`, () => {
      expect(quantity(value, unit)).toBe(text)
    })
  }

  test('a goal is written with all of its bounds, without zeros that say nothing', () => {
    expect(goalText(rate.spec.goal, '/s')).toBe('≥ 15 M/s, ≥ 40 % of limit')
    expect(goalText({ min: 1.5e6 }, '/s')).toBe('≥ 1.5 M/s')
    expect(goalText({ max: 0.8 }, 'ms')).toBe('≤ 0.8 ms')
    expect(goalText({ min: 1.85 }, 'ratio')).toBe('≥ 1.85')
    expect(goalText({ max: 20 * 2 ** 20 }, 'B')).toBe('≤ 20 MiB')
    expect(goalText({}, 'ms')).toBe('')
  })
})

describe('the table', () => {
  test('its columns stand under their heads', () => {
    expect(`${tableHead(two)}\n${tableRow(rate, two)}\n${tableRow(time, two)}\n${tableRow(free, two)}`)
      .toMatchInlineSnapshot(`
        "figure                     troupe        limit   ratio  goal
        tell/msg                 18.2 M/s     40.0 M/s    0.46  ≥ 15 M/s, ≥ 40 % of limit   met
        skynet/time              1,500 ms       750 ms    2.00  ≤ 1,200 ms                  missed by 25 %
        spawn/alive              1.50 k/s       750 /s    2.00  none"
      `)
  })

  test('a peer that did not run has a dash, and without ours no goal is judged', () => {
    const three: readonly Peer[] = [...two, 'postmessage']
    const { troupe: _, ...others } = rate
    const rows = [
      tableHead(three),
      tableRow({ ...rate, postmessage: 464_000 }, three),
      tableRow(others, three),
    ]
    expect(rows.join('\n')).toMatchInlineSnapshot(`
      "figure                     troupe        limit  postmessage   ratio  goal
      tell/msg                 18.2 M/s     40.0 M/s      464 k/s    0.46  ≥ 15 M/s, ≥ 40 % of limit   met
      tell/msg                        –     40.0 M/s            –          ≥ 15 M/s, ≥ 40 % of limit   not measured"
    `)
    expect(tableFoot([others, time])).toBe('0 of 1 goals met; missed: skynet/time')
  })

  test('a goal that speaks of somebody else has the ratio to that one', () => {
    const peers: readonly Peer[] = ['troupe', 'classic-level', 'limit']
    const row = tableRow(
      {
        spec: { name: 'append-100-c1/event', unit: '/s', goal: { minOf: { 'classic-level': 0.75 } } },
        troupe: 3_000,
        'classic-level': 4_000,
        limit: 4_500,
        runs: 7,
      },
      peers,
    )
    expect(row).toContain('4.00 k/s     4.50 k/s    0.75  ≥ 75 % of classic-level')
    expect(row).toMatch(/met$/)
    expect(goalText({ maxOf: { 'classic-level': 1.5 } }, 'ms')).toBe('≤ 1.5 × classic-level')
  })

  test('a goal that is missed by a hair is not said to be missed by nothing', () => {
    expect(tableRow({ ...time, troupe: 1_201 }, two)).toContain('missed by 1 %')
  })

  test('the last line counts the goals and names the missed ones', () => {
    expect(tableFoot([rate, time, free])).toBe('1 of 2 goals met; missed: skynet/time')
    expect(tableFoot([rate])).toBe('the goal is met')
    expect(tableFoot([rate, rate])).toBe('all 2 goals met')
    expect(tableFoot([free])).toBe('no goals to meet')
  })
})

test('a figure is one flat record with four digits that matter', () => {
  const of = { suite: 'local', peer: 'troupe' } as const
  expect(JSON.stringify(figure(rate.spec, of, { value: 18_234_567, runs: 7 }))).toBe(
    '{"suite":"local","peer":"troupe","workload":"tell","metric":"msg","value":18230000,"unit":"/s","runs":7}',
  )
})
