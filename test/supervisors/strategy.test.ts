// Tests of the strategies, over every family of up to four siblings.
import { expect, test } from 'vitest'
import type { Strategy } from '../../runtime/supervision.ts'
import { restartTypes } from '../../supervisors/restart-type.ts'
import { affected, strategies } from '../../supervisors/strategy.ts'
import type { Sibling } from '../../supervisors/strategy.ts'

const siblingsMax = 4
const kinds: readonly Sibling[] = restartTypes.flatMap((restart) => [
  { restart, alive: true },
  { restart, alive: false },
])

function* families(): Generator<Sibling[]> {
  let generation: Sibling[][] = [[]]
  for (let size = 1; size <= siblingsMax; size++) {
    generation = generation.flatMap((family) => kinds.map((kind) => [...family, kind]))
    yield* generation
  }
}

/** Calls `check` for every strategy, family and failed child. */
function enumerate(check: (strategy: Strategy, siblings: Sibling[], failed: number) => void): void {
  for (const siblings of families()) {
    for (const strategy of strategies) {
      for (let failed = 0; failed < siblings.length; failed++) check(strategy, siblings, failed)
    }
  }
}

function reach(strategy: Strategy, siblings: Sibling[], failed: number): number[] {
  const all = [...siblings.keys()]
  if (strategy === 'one-for-one') return [failed]
  return strategy === 'one-for-all' ? all : all.slice(failed)
}

// Thousands of families: comparing text is much cheaper than one `expect` each.
const text = (list: readonly number[]): string => list.join(' ')

test('every sibling in reach is either begun or dropped, in start order, and none outside', () => {
  enumerate((strategy, siblings, failed) => {
    const { begin, drop } = affected(strategy, siblings, failed)
    const expected = reach(strategy, siblings, failed)
    const dropped = expected.filter((index) => index !== failed && siblings[index]!.restart === 'temporary')
    const begun = expected.filter((index) => !dropped.includes(index))
    if (text(begin) !== text(begun))
      expect.fail(`${strategy} ${failed} begins ${text(begin)}, not ${text(begun)}`)
    if (text(drop) !== text(dropped))
      expect.fail(`${strategy} ${failed} drops ${text(drop)}, not ${text(dropped)}`)
  })
})

test('what is halted is alive, in reach, not the failed child, and goes down last started first', () => {
  enumerate((strategy, siblings, failed) => {
    const { halt } = affected(strategy, siblings, failed)
    const expected = reach(strategy, siblings, failed).filter((i) => i !== failed && siblings[i]!.alive)
    if (text(halt) !== text(expected.reverse())) expect.fail(`${strategy} ${failed} halts ${text(halt)}`)
  })
})

test('no sibling that lives and is not halted is begun a second time', () => {
  enumerate((strategy, siblings, failed) => {
    const { halt, begin } = affected(strategy, siblings, failed)
    for (const index of begin) {
      if (index === failed || !siblings[index]!.alive || halt.includes(index)) continue
      expect.fail(`${strategy} ${failed} begins ${index}, which lives`)
    }
  })
})

test('the first child of a rest-for-one takes down what a one-for-all takes down', () => {
  for (const siblings of families()) {
    expect(affected('rest-for-one', siblings, 0)).toEqual(affected('one-for-all', siblings, 0))
  }
})

test('a rest-for-one leaves those started before the failed child alone', () => {
  const siblings: Sibling[] = Array.from({ length: 5 }, () => ({ restart: 'permanent', alive: true }))
  expect(affected('rest-for-one', siblings, 2)).toEqual({ halt: [4, 3], begin: [2, 3, 4], drop: [] })
})

test('a one-for-one plans for the failed child without reading its siblings', () => {
  expect(affected('one-for-one', [], 99_999)).toEqual({ halt: [], begin: [99_999], drop: [] })
})
