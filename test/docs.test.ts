// Tests of the pages: what README and docs show runs, prints what it says and compiles.
import { afterAll, describe, expect, test } from 'vitest'
import { blocksOf, flawOf, isShownOnly } from './docs/page.ts'
import { programMsMax, runProgram } from './docs/program.ts'
import { Snippets } from './docs/snippets.ts'
import { isTranscript, linesOf, missingLine, promisedLines } from './docs/transcript.ts'
import { pathsUnder, readText } from './tidy/tree.ts'
import type { Block } from './docs/page.ts'

const pages = ['README.md', ...pathsUnder().filter((path) => /^docs\/.*\.md$/.test(path))]
const blocks = pages.map((path) => ({ path, all: blocksOf(path, readText(path)) }))
const all = blocks.flatMap((page) => page.all)
const code = all.filter(({ language }) => language === 'ts' || language === 'sh')
const snippets = new Snippets()
const timeout = 2 * programMsMax

afterAll(() => snippets[Symbol.dispose]())

test('every block of code is marked as what it is, and one that does not run says why', () => {
  expect(all.flatMap(flawOf)).toEqual([])
})

test('at least as many blocks run as are only shown', () => {
  const shown = code.filter(isShownOnly).length
  expect(code.length - shown).toBeGreaterThanOrEqual(shown)
})

test('the snippets compile', { timeout }, async () => {
  const files = runnable('ts').map((block) => snippets.writeBlock(block))
  if (files.length > 0) expect(await snippets.compile(files)).toEqual([])
})

describe.each(blocks.filter((page) => runnable('ts', page.all).length > 0))('$path', ({ all: own }) => {
  const run = { outcomes: undefined as ReturnType<Snippets['run']> | undefined }

  test.each(runnable('ts', own))('$place prints what it says', { timeout }, async (block) => {
    run.outcomes ??= snippets.run(runnable('ts', own))
    const { printed, failure } = (await run.outcomes).get(block)!
    expect(failure).toBeUndefined()
    const missing = missingLine(promisedLines(block.lines), printed)
    expect(missing, `printed:\n${printed.join('\n')}`).toBeUndefined()
  })
})

describe.each(blocks.filter((page) => runnable('sh', page.all).length > 0))('$path', ({ all: own }) => {
  test.each(runnable('sh', own))('$place prints what it shows', { timeout }, async (block) => {
    const ended = await runProgram('sh', ['-e', '-c', block.lines.join('\n')])
    expect(ended.code, ended.output + ended.errors).toBe(Number(/^exit (\d+)$/.exec(block.note)?.[1] ?? 0))
    const printed = linesOf(ended.output)
    if (block.shows !== undefined && !isTranscript(block.shows, printed)) expect(printed).toEqual(block.shows)
  })
})

describe('these tests can fail:', () => {
  const fence = '```'

  test('a block is read with its place, its note and the text that it shows', () => {
    const text = `a\n${fence}sh exit 2\nnpm start\n${fence}\n\n${fence}text\nno\n${fence}\n\n  ${fence}ts\n  if (a)\n    b()\n  ${fence}\n`
    expect(blocksOf('README.md', text)).toEqual([
      { place: 'README.md:2', language: 'sh', note: 'exit 2', lines: ['npm start'], shows: ['no'] },
      { place: 'README.md:6', language: 'text', note: '', lines: ['no'], shows: undefined },
      { place: 'README.md:10', language: 'ts', note: '', lines: ['if (a)', '  b()'], shows: undefined },
    ])
  })

  test('a fence that is not closed is an error', () => {
    expect(() => blocksOf('README.md', `${fence}ts\nconst a = 1`)).toThrow(
      'README.md:1: a fence is not closed',
    )
  })

  test.each([
    ['ts no-run', 1],
    ['sh no-run', 1],
    ['sh fast', 1],
    ['ts exit 2', 1],
    ['bash', 1],
    ['typescript', 1],
    ['sh no-run asks for a password', 0],
    ['sh exit 2', 0],
    ['json', 0],
  ])('a block marked "%s" has %i flaws', (mark, flaws) => {
    expect(blocksOf('README.md', `${fence}${mark}\n${fence}`).flatMap(flawOf)).toHaveLength(flaws)
  })

  test('a line that is not printed, or not in that order, is missing', () => {
    const promised = promisedLines(['console.log(a) // → 1 … 3', 'b()', '  // → b'])
    expect(promised).toEqual(['1 … 3', 'b'])
    expect(missingLine(promised, ['0', '1 2 3', 'x', 'b'])).toBeUndefined()
    expect(missingLine(promised, ['b', '1 2 3'])).toBe('b')
    expect(missingLine(promised, ['1 2', 'b'])).toBe('1 … 3')
  })

  test('a transcript is one line for one line', () => {
    expect(isTranscript(['a', 'b … c'], ['a', 'b 5 c'])).toBe(true)
    expect(isTranscript(['a', '…', 'c'], ['a', 'b', 'b', 'c'])).toBe(true)
    expect(isTranscript(['a', '…'], ['a'])).toBe(true)
    expect(isTranscript(['a'], ['a', 'b'])).toBe(false)
    expect(isTranscript(['a', 'b'], ['a'])).toBe(false)
    expect(isTranscript(['…', 'a'], ['b'])).toBe(false)
    expect(isTranscript(['a.c'], ['abc'])).toBe(false)
  })

  test('a snippet that throws fails, and those after it still run', { timeout }, async () => {
    const lines = [
      `console.log('one')`,
      `console.log('two')\nthrow new Error('lost')`,
      `console.log('three')`,
    ]
    const planted = lines.map((line, index) => planBlock(`planted:${index}`, line))
    const outcomes = await snippets.run(planted)
    expect(planted.map((block) => outcomes.get(block)?.printed)).toEqual([['one'], ['two'], ['three']])
    expect(planted.map((block) => outcomes.get(block)?.failure?.includes('lost') ?? false)).toEqual([
      false,
      true,
      false,
    ])
  })

  test('a snippet of the wrong type does not compile', { timeout }, async () => {
    const file = snippets.writeBlock(planBlock('planted:wrong', `const a: number = 'one'`))
    expect(await snippets.compile([file])).toEqual([expect.stringContaining('TS2322')])
  })
})

test('the tests of types compile, and every wrong use in them is one', { timeout }, async () => {
  expect(await snippets.compile(['../../test/types'])).toEqual([])
})

/** The blocks of a language that are to run. */
function runnable(language: string, from: readonly Block[] = all): Block[] {
  return from.filter((block) => block.language === language && !isShownOnly(block))
}

function planBlock(place: string, text: string): Block {
  return { place, language: 'ts', note: '', lines: text.split('\n'), shows: undefined }
}
