// Tests of style: what the surroundings say decides, and meaning is never in colour alone.
import { expect, test } from 'vitest'
import { Style } from '../../../node/console/style.ts'
import { timeText } from '../../../node/console/time-text.ts'
import { actorStatuses } from '../../../runtime/inspect.ts'
import type { StyleOptions } from '../../../node/console/style.ts'

const style = (given: Partial<StyleOptions>): Style => new Style({ env: {}, isTerminal: true, ...given })

test('a terminal has colour, a pipe and a dumb terminal have none', () => {
  expect(style({}).hasColor).toBe(true)
  expect(style({ isTerminal: false }).hasColor).toBe(false)
  expect(style({ env: { TERM: 'dumb' } }).hasColor).toBe(false)
  expect(style({ env: { TERM: 'dumb' } }).isTerminal).toBe(false)
})

test('NO_COLOR wins over FORCE_COLOR, a flag over both, and an empty variable says nothing', () => {
  expect(style({ env: { NO_COLOR: '1', FORCE_COLOR: '1' } }).hasColor).toBe(false)
  expect(style({ env: { NO_COLOR: '', FORCE_COLOR: '' } }).hasColor).toBe(true)
  expect(style({ env: { FORCE_COLOR: '3' }, isTerminal: false }).hasColor).toBe(true)
  expect(style({ env: { FORCE_COLOR: 'false' } }).hasColor).toBe(false)
  expect(style({ env: { NO_COLOR: '1' }, color: true }).hasColor).toBe(true)
  expect(style({ color: false }).hasColor).toBe(false)
})

test('the first locale that is set decides between Unicode and ASCII', () => {
  expect(style({ env: { LANG: 'de_CH.UTF-8' } }).isUnicode).toBe(true)
  expect(style({ env: { LC_ALL: 'C', LANG: 'de_CH.UTF-8' } }).isUnicode).toBe(false)
  expect(style({ env: { LC_ALL: '', LC_CTYPE: 'C.utf8' } }).isUnicode).toBe(true)
  expect(style({}).isUnicode).toBe(false)
})

test('each status has a sign of its own and its word, in both alphabets', () => {
  for (const env of [{ LANG: 'C.UTF-8' }, {}]) {
    const shown = actorStatuses.map((status) => style({ env, color: false }).status(status))
    expect(new Set(shown.map((text) => text.split(' ')[0])).size).toBe(actorStatuses.length)
    expect(shown.map((text) => text.split(' ')[1])).toEqual(actorStatuses)
  }
})

test('without UTF-8 text from outside is shown in ASCII', () => {
  expect(style({}).safe('café \u202E')).toBe(String.raw`caf? \u{202e}`)
})

test('a terminal that is very narrow, or says nothing of its width, has a width all the same', () => {
  expect(style({ columns: 3 }).columns).toBe(20)
  expect(style({}).columns).toBe(80)
  expect(style({ isTerminal: false, columns: 300 }).columns).toBe(80)
})

test('a time is told as long as a glance takes', () => {
  const told: readonly (readonly [number, string])[] = [
    [0, '0ms'],
    [0.44, '0.4ms'],
    [9.96, '10ms'],
    [320.4, '320ms'],
    [999.6, '1000ms'],
    [1_000, '1s'],
    [1_290, '1.2s'],
    [59_999, '59.9s'],
    [60_000, '1m 0s'],
    [200_000, '3m 20s'],
    [3_600_000, '1h 0m'],
    [172_800_000, '2d 0h'],
  ]
  for (const [ms, text] of told) expect(timeText(ms)).toBe(text)
})
