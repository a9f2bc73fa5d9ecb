// The page of limits: it names every limit that a source has a name for.
import { expect, test } from 'vitest'
import { readText, readTree } from './tidy/tree.ts'

const page = readText('docs/limits.md')
const limit = /^(?:export )?const (\w+(?:Max|Min|Default|Bounds))\b/gm

test('every limit of the sources stands in docs/limits.md', () => {
  const named = readTree()
    .filter(({ floor }) =>
      ['runtime', 'supervisors', 'transports', 'actors', 'node', 'scenarios'].includes(floor),
    )
    .flatMap(({ path, text }) => [...text.matchAll(limit)].map(([, name]) => ({ path, name })))
  expect(named.length).toBeGreaterThan(50)
  expect(named.filter(({ name }) => !page.includes(`\`${name}\``))).toEqual([])
})
