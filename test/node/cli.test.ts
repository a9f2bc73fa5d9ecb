// Tests of the program as a process: what a shell sees of it.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ProgramRun, runProgram } from './program-run.ts'

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'troupe-cli-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

test('the pipe of the first page prints what one expects and ends with 0', async () => {
  const ended = await runProgram(
    [],
    'spawn counter clicks\ntell clicks increment 3\nask clicks value\ntree\n',
  )
  expect(ended).toEqual({
    code: 0,
    out: 'clicks\n3\nlocal  1 actor\n└─ clicks  counter  ● running\n',
    err: '',
  })
})

test('a reader that goes away ends the program quietly with 0, and actors with their last word', async () => {
  const path = await file(
    'writer.ts',
    `import { writeFileSync } from 'node:fs'
import { defineActor } from 'troupe'
export const writer = defineActor('writer', {
  state: (path: string) => path,
  on: {},
  stopping(self) { writeFileSync(self.state, 'last word') },
})
`,
  )
  const written = join(folder, 'written')
  const run = new ProgramRun(['--load', path])
  run.child.stdin.write(`spawn writer w '${written}'\n`)
  await run.until(/^w$/m)
  run.child.stdout.destroy()
  run.child.stdin.write('tree\n'.repeat(1_000))
  expect(await run.ended).toMatchObject({ code: 0, err: '' })
  expect(await readFile(written, 'utf8')).toBe('last word')
})

test('actors live in as many threads as were asked for', async () => {
  const lines = 'spawn counter a --place 2\ntell a increment 3\nask a value\nmove a 1\nask a value\nls\n'
  const { code, out, err } = await runProgram(['--threads', '2'], lines)
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(
    /^a {2}thread 2\n3\n✔ moved a from thread 2 to thread 1: .*\n3\nPATH {2}THREAD .*\na +1 {2}counter/,
  )
})

test('a wrong number of threads is a wrong option', async () => {
  for (const number of ['x', '64', '-1', '1.5']) {
    const { code, err } = await runProgram(['--threads', number])
    expect({ code, err }).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^argument-invalid: .*--threads/),
    })
  }
})

test('help and version are told without a node', async () => {
  const [help, short, version, json] = await Promise.all([
    runProgram(['--help']),
    runProgram(['-h']),
    runProgram(['--version']),
    runProgram(['-v', '--json']),
  ])
  expect(help).toMatchObject({ code: 0, err: '' })
  expect(help.out).toMatch(/^Starts a node[\s\S]*\n {2}spawn [\s\S]*Exit codes/)
  expect(short.out).toBe(help.out)
  expect(version.out).toMatch(/^troupe \d+\.\d+\.\d+ \(Node\.js \d+/)
  expect(JSON.parse(json.out)).toMatchObject({
    schema: 'troupe.console/v1',
    data: { version: expect.any(String) },
  })
})

test('an option that is wrong ends with 2 and says which was meant', async () => {
  const [unknown, missing, json] = await Promise.all([
    runProgram(['--lod', 'x']),
    runProgram(['--load']),
    runProgram(['--nam', 'x', '--json']),
  ])
  expect(unknown).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringMatching(/^option-unknown: .*\n→ Write --load\./),
  })
  expect(missing).toMatchObject({ code: 2, err: expect.stringContaining('argument-missing') })
  expect(json.code).toBe(2)
  expect(JSON.parse(json.out)).toMatchObject({ status: 'error', error: { code: 'option-unknown' } })
})

test('a name that is none ends with 2, a file that cannot be loaded with 1', async () => {
  const [name, load] = await Promise.all([
    runProgram(['--name', '../x']),
    runProgram(['--load', join(folder, 'nowhere.ts')]),
  ])
  expect(name).toMatchObject({ code: 2, err: expect.stringContaining('name-invalid') })
  expect(load).toMatchObject({ code: 1, err: expect.stringContaining('there is no such file') })
})

test('words after the options are one command, whose own options are its own', async () => {
  const one = await runProgram(['definitions', '--json'])
  expect(one.code).toBe(0)
  expect(JSON.parse(one.out)).toMatchObject({
    command: 'definitions',
    data: { definitions: [{ name: 'account' }, { name: 'counter' }, { name: 'greeter' }] },
  })
  const script = await file('demo.troupe', 'spawn greeter hi "Good day"\nask hi greet \'Ada\'\n')
  expect(await runProgram(['--name', 'amsterdam', 'run', script])).toEqual({
    code: 0,
    out: `hi\n'Good day, Ada!'\n`,
    err: '',
  })
  expect(await runProgram(['nonsense'])).toMatchObject({ code: 2 })
})

test('a file from anywhere is loaded, and "troupe" in it means this very instance', async () => {
  const path = await file(
    'echo.ts',
    `import { defineActor } from 'troupe'
import { ManualClock } from 'troupe/testing'
const clock: ManualClock = new ManualClock()
export const echo = defineActor('echo', { on: { say: (_self, what: unknown) => [what, clock.now()] } })
`,
  )
  expect(await runProgram(['--load', path, '-e', 'spawn echo e', '-e', 'ask e say {a: 1}'])).toEqual({
    code: 0,
    out: 'e\n[{ a: 1 }, 0]\n',
    err: '',
  })
})

const broken: readonly (readonly [name: string, text: string, told: RegExp])[] = [
  [
    'syntax.ts',
    `import { defineActor } from 'troupe'\n\nexport const x = defineActor('x', { on: { a(self { } } })\n`,
    /^file-unloadable: .*syntax\.ts:3\)/,
  ],
  ['syntax.mjs', `export const x = {\n  a: 1\n  b: 2\n}\n`, /^file-unloadable: .*syntax\.mjs:3\)/],
  [
    'throws.ts',
    `const nothing: any = null\n\n\nnothing.foo()\n`,
    /^file-unloadable: .*TypeError: .*throws\.ts:4\)/,
  ],
  ['throws-text.ts', `throw 'a \\u001b[31mtext'\n`, /^file-unloadable: .*a \\u\{001b\}\[31mtext/],
  ['misses.ts', `import './not-there.ts'\n`, /^file-unloadable: .*not-there\.ts/],
  [
    'misnamed.ts',
    `import { defineActer } from 'troupe'\nexport const x = defineActer\n`,
    /^file-unloadable: .*defineActer.*misnamed\.ts:1\)/,
  ],
  [
    'refused.ts',
    `import { defineActor } from 'troupe'\n\nexport const x = defineActor('1x', { on: {} })\n`,
    /^file-unloadable: .*refused\.ts:3\)/,
  ],
  ['nothing.ts', `export const one = 1\n`, /^file-empty: .*nothing\.ts": it exports no definition but one/],
  [
    'taken.ts',
    `import { defineActor } from 'troupe'\nexport const counter = defineActor('counter', { on: {} })\n`,
    /^definition-taken: .*taken\.ts/,
  ],
  ['text.txt', `spawn counter\n`, /^file-unloadable: .*text\.txt/],
]

test('a file of definitions that cannot be used names file and line, and the node goes on', async () => {
  const paths = await Promise.all(broken.map(([name, text]) => file(name, text)))
  const { code, out, err } = await runProgram(
    [],
    [...paths.map((path) => `load ${path}`), `load ${folder}`, 'spawn counter c'].join('\n'),
  )
  expect(code).toBe(1)
  expect(out).toBe('c\n')
  const faults = err.split('\n').filter((line) => /^[a-z-]+: /.test(line))
  expect(faults).toHaveLength(broken.length + 1)
  for (const [at, [, , told]] of broken.entries()) expect(faults[at]).toMatch(told)
  expect(faults.at(-1)).toContain('it is a folder')
})

test('a file that was mended can be loaded by the same node', async () => {
  const path = await file('mended.ts', 'export const x: number = )\n')
  const run = new ProgramRun([])
  run.child.stdin.write(`load ${path}\n`)
  await run.until(/mended\.ts:1/, 'err')
  await file(
    'mended.ts',
    `import { defineActor } from 'troupe'\nexport const mended = defineActor('mended', { on: {} })\n`,
  )
  run.child.stdin.end(`load ${path}\nspawn mended m\n`)
  expect(await run.ended).toMatchObject({ code: 1, out: 'mended\nm\n' })
})

test('a stray rejection of a definition is told with its place, and the node lives on', async () => {
  const path = await file(
    'stray.ts',
    `import { defineActor } from 'troupe'
export const stray = defineActor('stray', {
  on: {
    lose() { void Promise.reject(new Error('nobody waited')) },
    hold() { setInterval(() => {}, 1_000) },
  },
})
`,
  )
  const ended = await runProgram(['--load', path], 'spawn stray s\nask s lose\nask s hold\nls\n')
  expect(ended.code).toBe(0)
  expect(ended.err).toMatch(/^uncaught: Error: nobody waited\n {2}at .*stray\.ts:4:\d+.*\n→ .*\(1 so far\)/)
  expect(ended.out).toContain('stray')
})

test('an interrupt ends with 130 and a request to end with 143, both kindly', async () => {
  const path = await file(
    'last.ts',
    `import { defineActor } from 'troupe'
export const last = defineActor('last', { on: {}, stopping() { console.log('last word') } })
`,
  )
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const run = new ProgramRun(['--load', path])
    run.child.stdin.write('spawn last l\ntail\n')
    await run.until(/^l$/m)
    run.child.kill(signal)
    expect(await run.ended).toMatchObject({
      code,
      out: expect.stringContaining('last word'),
      err: expect.not.stringContaining('Error'),
    })
  }
})

test('who interrupts twice does not wait for an actor that will not end', async () => {
  const path = await file(
    'stubborn.ts',
    `import { defineActor } from 'troupe'
export const stubborn = defineActor('stubborn', {
  child: { shutdownMs: Infinity },
  on: {},
  stopping() { console.log('stopping'); return new Promise(() => {}) },
})
`,
  )
  const run = new ProgramRun(['--load', path])
  run.child.stdin.write('spawn stubborn s\n')
  await run.until(/^s$/m)
  run.child.kill('SIGINT')
  await run.until(/stopping/)
  run.child.kill('SIGINT')
  expect(await run.ended).toMatchObject({ code: 130 })
})

test('a line of two megabytes is refused and the next one runs', async () => {
  const ended = await runProgram([], `tell x y "${'z'.repeat(2_000_000)}"\nspawn counter c\n`)
  expect(ended).toMatchObject({ code: 2, out: 'c\n', err: expect.stringMatching(/^line-too-long: /) })
})

test('a journal on the disk is looked after while its node does not run, and not while it does', async () => {
  const data = join(folder, 'data')
  const purse = await file(
    'purse.ts',
    `import { defineActor } from 'troupe'
export const purse = defineActor('purse', {
  state: () => ({ balance: 0 }),
  events: { paid(state, amount: number) { state.balance += amount } },
  on: { async pay(self, amount: number) { await self.persist('paid', amount) } },
})
`,
  )
  const node = new ProgramRun(['--journal', data, '--load', purse])
  node.child.stdin.write('spawn purse bank/ada\nask bank/ada pay 5\nask bank/ada pay 6\n')
  await node.until(/undefined\nundefined\n/)
  expect(await runProgram(['journal', 'verify', data])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^folder-locked: /),
  })
  node.child.stdin.end('state bank/ada --at 1\n')
  expect(await node.ended).toMatchObject({ code: 0, out: expect.stringMatching(/\{ balance: 5 \}\n$/) })
  const exported = await runProgram(['journal', 'export', data, join(folder, 'out.ndjson'), '--json'])
  expect(exported).toMatchObject({ code: 0, err: '' })
  expect(JSON.parse(exported.out)).toMatchObject({ command: 'journal export', data: { records: 2 } })
  const copy = join(folder, 'copy')
  expect(await runProgram(['journal', 'import', copy, join(folder, 'out.ndjson')])).toMatchObject({
    code: 0,
    err: '',
  })
  const again = await runProgram([
    '--journal',
    copy,
    '--load',
    purse,
    'replay',
    'bank/ada',
    '--definition',
    'purse',
  ])
  expect(again).toMatchObject({ code: 0, out: expect.stringMatching(/balance: 11 \}\n$/) })
})
