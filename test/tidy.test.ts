// Tests of the house rules: the tree keeps each of them, and each of them can be broken.
import { describe, expect, test } from 'vitest'
import { unusedAllowances } from './tidy/banned.ts'
import { houseRules } from './tidy/house-rules.ts'
import { loopholes } from './tidy/loopholes.ts'
import { SourceFile } from './tidy/source-file.ts'
import { readTree } from './tidy/tree.ts'
import type { Tree } from './tidy/house-rules.ts'

const tree = readTree()
const oneViolation = [expect.stringMatching(/^[\w./-]+:\d+: ./)]

describe.each(houseRules)('$name', ({ rule, planted = rule, broken, kept }) => {
  test('in the tree as it stands', () => {
    expect(rule(tree)).toEqual([])
  })

  test.each(broken.map((files) => [shown(files), files] as const))('but not with %s', (_, files) => {
    expect(planted(sourceFiles(files))).toEqual(oneViolation)
  })

  test('and what only looks like a breach is none', () => {
    expect(planted(sourceFiles(kept))).toEqual([])
  })
})

test('no file is allowed more of the outside world than it touches', () => {
  expect(unusedAllowances(tree)).toEqual([])
  expect(unusedAllowances([new SourceFile('node/system-disk.ts', 'open()')])).toEqual(oneViolation)
})

test('the tree has files on every floor, so that no rule is kept for want of anything to look at', () => {
  const seen = [...new Set(tree.map(({ floor }) => floor))]
  expect(seen).toEqual(
    expect.arrayContaining(['index.ts', 'node', 'runtime', 'scenarios', 'supervisors', 'test', 'transports']),
  )
  expect(tree.length).toBeGreaterThan(50)
})

test('a violation says where it is', () => {
  const file = new SourceFile('runtime/a.ts', `// A file: one.\n\nexport const a: any = 1\n`)
  expect(loopholes([file])).toEqual(['runtime/a.ts:3: `any` says nothing; use `unknown` and narrow it'])
})

function sourceFiles(files: Tree): SourceFile[] {
  return Object.entries(files).map(([path, text]) => new SourceFile(path, text))
}

/** A planted tree in the name of its test. */
function shown(files: Tree): string {
  const text = Object.entries(files).map(([path, code]) => `${path} ${code}`)
  return text.join(' | ').replaceAll(/\s+/g, ' ').slice(0, 90)
}
