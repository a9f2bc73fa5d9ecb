// Tests of the list of mutants: each can be planted into the code as it is now.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { mutants } from './mutants.ts'

const top = join(import.meta.dirname, '../..')

test('what each mutant changes stands exactly once in its file', () => {
  const wrong = mutants.flatMap(({ name, file, find }) => {
    const places = readFileSync(join(top, file), 'utf8').split(find).length - 1
    return places === 1 ? [] : [`${name}: ${places} times in ${file}`]
  })
  expect(wrong).toEqual([])
})

test('each mutant has a name of its own, changes something and names tests that are there', () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
  expect(mutants.filter(({ find, plant }) => find === plant)).toEqual([])
  const named = mutants.flatMap(({ tests = [] }) => tests)
  expect(named.filter((path) => !existsSync(join(top, path)))).toEqual([])
})
