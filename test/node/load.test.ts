// The loading of definition files: what is found, and what a file that cannot be used is told.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { startTestNode } from 'troupe/testing'
import { definitionsMax } from '../../node/definitions.ts'

const folder = mkdtempSync(join(tmpdir(), 'troupe-load-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let count = 0
function file(text: string): string {
  const path = join(folder, `file-${count++}.ts`)
  writeFileSync(path, text)
  return path
}

const define = (name: string): string =>
  `import { defineActor } from '${join(import.meta.dirname, '../../index.ts')}'\nexport const it = defineActor('${name}', { on: {} })\n`

test('a file that defines an actor is loaded, and again without effect', async () => {
  await using node = await startTestNode()
  const path = file(define('lamp'))
  expect(await node.definitions.load(path)).toEqual(['lamp'])
  expect(await node.definitions.load(path)).toEqual(['lamp'])
  expect(node.definitions.list()).toHaveLength(1)
})

test('a file that exports no definition is refused by what it exports instead', async () => {
  await using node = await startTestNode()
  const load = node.definitions.load(file('export const answer = 42\n'))
  await expect(load).rejects.toMatchObject({ code: 'file-empty', message: expect.stringContaining('answer') })
})

test('a name that another file has defined stays with it', async () => {
  await using node = await startTestNode()
  await node.definitions.load(file(define('lamp')))
  await expect(node.definitions.load(file(define('lamp')))).rejects.toMatchObject({
    code: 'definition-taken',
  })
  expect(node.definitions.list()).toHaveLength(1)
})

test('a file that throws, does not parse or is not there says so, with its line', async () => {
  await using node = await startTestNode()
  const thrown = node.definitions.load(file('\nthrow new Error("not today")\n'))
  await expect(thrown).rejects.toMatchObject({
    code: 'file-unloadable',
    message: expect.stringContaining('not today'),
  })
  await expect(node.definitions.load(file('export const = 1\n'))).rejects.toMatchObject({
    code: 'file-unloadable',
  })
  const missing = node.definitions.load(join(folder, 'nowhere.ts'))
  await expect(missing).rejects.toMatchObject({ code: 'file-unloadable' })
})

test('a node that knows as many definitions as it may refuses the next one', async () => {
  await using node = await startTestNode()
  const exports = `import { defineActor } from '${join(import.meta.dirname, '../../index.ts')}'
export const first = defineActor('kind0', { on: {} })
const rest = Array.from({ length: ${definitionsMax - 1} }, (_, i) => defineActor('kind' + (i + 1), { on: {} }))
${Array.from({ length: definitionsMax - 1 }, (_, i) => `export const k${i} = rest[${i}]`).join('\n')}\n`
  expect(await node.definitions.load(file(exports))).toHaveLength(definitionsMax)
  await expect(node.definitions.load(file(define('lamp')))).rejects.toMatchObject({
    code: 'definitions-full',
  })
})
