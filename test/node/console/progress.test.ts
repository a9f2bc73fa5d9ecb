// Tests of progress: what a look at long work says, when it is said, and that nothing stays of it.
import { expect, test } from 'vitest'
import { ManualClock } from 'troupe/testing'
import { Progress, progressLine, progressText } from '../../../node/console/progress.ts'
import { Style } from '../../../node/console/style.ts'
import type { ProgressParts } from '../../../node/console/progress.ts'

function styleOf(
  columns: number,
  env: Readonly<Record<string, string>> = { LANG: 'C.UTF-8', NO_COLOR: '1' },
): Style {
  return new Style({ env, isTerminal: true, columns })
}

interface Seen {
  readonly clock: ManualClock
  readonly shown: string[]
  readonly told: string[]
  readonly progress: Progress
}

function begin(isRedrawn: boolean, parts: Partial<ProgressParts> = {}): Seen {
  const clock = new ManualClock()
  const shown: string[] = []
  const told: string[] = []
  const line = { show: (text: string) => void shown.push(text), clear: () => void shown.push('') }
  const progress = new Progress({
    clock,
    style: styleOf(80),
    name: 'work',
    line: isRedrawn ? line : undefined,
    tell: (text) => void told.push(text),
    ...parts,
  })
  return { clock, shown, told, progress }
}

test('work that is over soon is never spoken of', async () => {
  const { clock, shown, progress } = begin(true)
  progress.report(1, 2)
  await clock.advance(299)
  progress.end()
  await clock.advance(10_000)
  expect(shown).toEqual([])
})

test('a line is redrawn ten times a second with rate and time left, and taken away at the end', async () => {
  const { clock, shown, progress } = begin(true)
  for (let done = 100; done <= 1_000; done += 100) {
    progress.report(done, 2_000)
    await clock.advance(100)
  }
  expect(shown).toHaveLength(8)
  expect(shown.at(-1)).toMatch(/ 50 %, 1000 of 2000, 1000\/s, 1s left$/)
  progress.end()
  expect(shown.at(-1)).toBe('')
})

test('where nothing can be redrawn a line is told each five seconds', async () => {
  const { clock, told, progress } = begin(false)
  progress.report(10, 100)
  await clock.advance(14_999)
  expect(told).toEqual(['work   10 %, 10 of 100, 2/s, 45s left', 'work   10 %, 10 of 100, 1/s, 1m 5s left'])
  progress.end()
  await clock.advance(60_000)
  expect(told).toHaveLength(2)
})

test('work of which nothing is known yet says nothing', async () => {
  const { clock, shown, progress } = begin(true)
  await clock.advance(5_000)
  progress.end()
  expect(shown).toEqual([])
})

const stand = { done: 1_610_612_736, all: 3_221_225_472, rate: 104_857_600, elapsedMs: 16_000 }

test('the bar has the width that the terminal leaves it, and goes where there is none', () => {
  const line = (columns: number): string =>
    progressLine(stand, { style: styleOf(columns), name: 'x', counts: 'bytes' })
  expect(line(100)).toBe(`${'█'.repeat(15)}${'░'.repeat(15)}   50 %, 1.5 GiB of 3.0 GiB, 100 MiB/s, 16s left`)
  for (let columns = 20; columns < 200; columns++) expect(line(columns).length).toBeLessThan(columns)
  expect(line(40)).toMatch(/^ 50 %, 1\.5 GiB/)
})

test('where there is only ASCII the bar is of ASCII, and colour is there only where it is wanted', () => {
  const ascii = progressLine(stand, { style: styleOf(100, { LANG: 'C', NO_COLOR: '1' }), name: 'x' })
  expect(ascii).toMatch(/^\[#{15}-{15}\] {3}50 %/)
  expect(progressLine(stand, { style: styleOf(100, { LANG: 'C', FORCE_COLOR: '1' }), name: 'x' })).toContain(
    '\u001B[36m',
  )
})

test('more than all is all, and no rate gives no guess', () => {
  const over = { done: 12, all: 10, rate: 0, elapsedMs: 5 }
  expect(progressText(over, { style: styleOf(80), name: 'work' })).toBe('work  100 %, 10 of 10')
})
