// The house rules: each with small trees that break it and one that only looks as if it did.
import { banned } from './banned.ts'
import { cycles } from './cycles.ts'
import { faultCodes } from './fault-codes.ts'
import { firstSentence } from './first-sentence.ts'
import { floors } from './floors.ts'
import { length } from './length.ts'
import { loopholes } from './loopholes.ts'
import { names } from './names.ts'
import { skipped } from './skipped.ts'
import { readText } from './tree.ts'
import type { Rule } from './source-file.ts'

/** File texts by path; how the rules are shown a small tree. */
export type Tree = Readonly<Record<string, string>>

export interface HouseRule {
  readonly name: string
  readonly rule: Rule
  /** The rule for the planted trees, if it reads more than the files; else the same. */
  readonly planted?: Rule
  /** Each tree breaks the rule once. */
  readonly broken: readonly Tree[]
  /** These look like it and are right. */
  readonly kept: Tree
}

export const houseRules: readonly HouseRule[] = [
  {
    name: 'imports go down, through no front door, to the file that defines the thing',
    rule: floors,
    broken: [
      { 'runtime/cell.ts': `import { Tree } from '../supervisors/tree.ts'` },
      { 'runtime/cell.ts': `import type { Node } from '../node/node.ts'` },
      { 'runtime/cell.ts': `type Node = import('../node/node.ts').Node` },
      { 'runtime/cell.ts': `const tree = await import('../supervisors/tree.ts')` },
      { 'supervisors/tree.ts': `import { wire } from '../transports/memory/wire.ts'` },
      { 'transports/memory/wire.ts': `import { tree } from '../../supervisors/tree.ts'` },
      { 'actors/council.ts': `import { Node } from '../index.ts'` },
      { 'node/cli.ts': `import { startNode } from 'troupe'` },
      { 'node/cli.ts': `import { verbs } from './verbs/index.ts'` },
      { 'node/node.ts': `import { counter } from '../scenarios/hello/counter.ts'` },
      { 'scenarios/hello/counter.ts': `import { Fault } from '../../runtime/fault.ts'` },
      { 'scenarios/hello/counter.ts': `import { clock } from '../../test/contracts/clock.ts'` },
      { 'bench/run.ts': `import { clock } from '../test/contracts/clock.ts'` },
      { 'runtime/cell.ts': `export * from './fault.ts'` },
      { 'runtime/cell.ts': `import { Fault } from './fault.ts'\nexport { Fault }` },
      { 'lib/cell.ts': '' },
      { 'test/a.test.ts': `import { a } from '../../elsewhere/a.ts'` },
      { 'test/a.test.ts': `import { a } from '../lib/a.ts'` },
    ],
    kept: {
      'index.ts': `export { startNode } from './node/node.ts'`,
      'node/node.ts': `import { Cell } from '../runtime/cell.ts'\nimport { clock } from './system-clock.ts'`,
      'runtime/cell.ts': `import { types } from 'node:util'\nimport { fault } from './fault.ts'\nconst a = 1\nexport { a }`,
      'scenarios/hello/greeter.ts': `import { startNode } from 'troupe'\nimport { counter } from './counter.ts'`,
      'scenarios/testing/probe.ts': `import { Cell } from '../../runtime/cell.ts'`,
      'test/package.test.ts': `import meta from '../package.json' with { type: 'json' }\nimport { a } from 'troupe/testing'`,
      'vitest.config.ts': `export default {}`,
    },
  },
  {
    name: 'no file leads back to itself by imports',
    rule: cycles,
    broken: [
      { 'runtime/a.ts': `import './b.ts'`, 'runtime/b.ts': `import type { A } from './a.ts'` },
      { 'runtime/a.ts': `import './a.ts'` },
      {
        'index.ts': `export { b } from './node/b.ts'`,
        'node/b.ts': `const c = () => import('../scenarios/c.ts')`,
        'scenarios/c.ts': `import { b } from 'troupe'`,
      },
    ],
    kept: {
      'runtime/a.ts': `import './b.ts'\nimport './c.ts'`,
      'runtime/b.ts': `import './c.ts'\nimport './missing.ts'`,
      'runtime/c.ts': '',
    },
  },
  {
    name: 'time, chance, disk, threads and sockets are touched only where they are allowed',
    rule: banned,
    broken: [
      { 'runtime/a.ts': `const now = Date.now()` },
      { 'runtime/a.ts': `const now = Date['now']()` },
      { 'runtime/a.ts': `const now = new Date()` },
      { 'runtime/a.ts': `const { now } = Date` },
      { 'runtime/a.ts': `const { round, ...rest } = Math` },
      { 'runtime/a.ts': `const chance = Math` },
      { 'runtime/a.ts': `const at = performance.now()` },
      { 'runtime/a.ts': `const chance = Math.random` },
      { 'runtime/a.ts': `setTimeout(() => 1, 5)` },
      { 'runtime/a.ts': `globalThis.setTimeout(() => 1, 5)` },
      { 'runtime/a.ts': `const timers = { setInterval }` },
      { 'runtime/a.ts': `process.nextTick(() => 1)` },
      { 'node/a.ts': `import { readFile } from 'node:fs/promises'` },
      { 'node/a.ts': `import { readFileSync } from 'fs'` },
      { 'node/a.ts': `const net = await import('node:net')` },
      { 'node/a.ts': `const id = crypto.randomUUID()` },
      { 'node/system-clock.ts': `const chance = Math.random()` },
      { 'scenarios/a.ts': `queueMicrotask(() => 1)` },
      { 'test/a.test.ts': `await new Promise((done) => setTimeout(done, 5))` },
      { 'test/a.test.ts': `import { setTimeout } from 'node:timers/promises'` },
      { 'test/a.test.ts': `vi.useFakeTimers()` },
      { 'test/a.test.ts': `await expect.poll(() => 1).toBe(1)` },
    ],
    kept: {
      'runtime/a.ts': `const date = new Date(5)\nclock.setTimeout(1)\nconst clock2 = { setTimeout: 1 }\nlet timer: typeof setTimeout`,
      'runtime/b.ts': `import { types } from 'node:util'\nconst { max } = Math`,
      'node/system-clock.ts': `setTimeout(() => Date.now(), performance.now())`,
      'node/system-random.ts': `const chance = Math.random()`,
      'test/a.test.ts': `import { readFileSync } from 'node:fs'`,
      'bench/run.ts': `const at = performance.now()`,
    },
  },
  {
    name: 'the first line of a file is a sentence about it',
    rule: firstSentence,
    broken: [
      { 'runtime/a.ts': `const a = 1\n` },
      { 'runtime/a.ts': `// A cell: one identity\nconst a = 1\n` },
      { 'runtime/a.ts': `\n// A cell: one identity.\n` },
      { 'runtime/a.ts': `/** A cell: one identity. */\n` },
    ],
    kept: {
      'runtime/a.ts': `// A cell: one identity.\n`,
      'node/cli.ts': `#!/usr/bin/env node\n// The command line.\n`,
    },
  },
  {
    name: 'no source is longer than 400 lines',
    rule: length,
    broken: [{ 'runtime/a.ts': 'a()\n'.repeat(401) }],
    kept: { 'runtime/a.ts': 'a()\n'.repeat(400), 'test/a.test.ts': 'a()\n'.repeat(401) },
  },
  {
    name: 'no file or folder has a name that names nothing',
    rule: names,
    broken: [
      { 'runtime/utils.ts': '' },
      { 'node/common/cell.ts': '' },
      { 'node/session-manager.ts': '' },
      { 'test/helpers.test.ts': '' },
      { 'test/types/types.test.ts': '' },
    ],
    kept: { 'test/types/actor.ts': '', 'runtime/database.ts': '', 'runtime/restart-type.ts': '' },
  },
  {
    name: 'outside tests there is no any, no !, no default export, no enum and nothing left to do',
    rule: loopholes,
    broken: [
      { 'runtime/a.ts': `let a: any` },
      { 'runtime/actor.ts': `let a: any` },
      { 'runtime/a.ts': `const a = b!` },
      { 'runtime/a.ts': `class A { b!: string }` },
      { 'runtime/a.ts': `export default 1` },
      { 'runtime/a.ts': `const a = 1\nexport { a as default }` },
      { 'runtime/a.ts': `export enum A {}` },
      { 'runtime/a.ts': `const a = 1 // HACK: more` },
    ],
    kept: {
      'runtime/a.ts': `const anybody = !a\nif (a !== b) c('any')`,
      'test/a.test.ts': `const a = b! as any`,
      'runtime/actor.ts': `interface A<P> {\n  readonly [understands]?: string extends keyof P ? any : P\n}`,
      'vitest.config.ts': `export default {}`,
    },
  },
  {
    name: 'no test is skipped, singled out, expected to fail or left to write',
    rule: skipped,
    broken: [
      { 'test/a.test.ts': `test.skip('a', () => 1)` },
      { 'test/a.test.ts': `describe.only('a', () => 1)` },
      { 'test/a.test.ts': `test.only.each([1])('a', () => 1)` },
      { 'test/a.test.ts': `it.todo('a')` },
      { 'test/a.test.ts': `test.skipIf(true)('a', () => 1)` },
      { 'test/a.test.ts': `test('a', { only: true }, () => 1)` },
      { 'test/a.test.ts': `test('a', (context) => context.skip())` },
      { 'test/a.test.ts': `fit('a', () => 1)` },
    ],
    kept: {
      'test/a.test.ts': `test.each([1])('a', { timeout: 5 }, () => 1)\nconst only = expect.objectContaining({ skip: 1 })`,
      'runtime/a.ts': `list.only(1)`,
    },
  },
  {
    name: 'every fault code is literal, documented and reached by a test, and no documented one is gone',
    rule: faultCodes(readText('docs/faults.md')),
    planted: faultCodes('# Faults\n## `cell-full`\n## How to read\n'),
    broken: [
      { 'runtime/a.ts': `new Fault('cell-full', 'm', {})` },
      {
        'runtime/a.ts': `new Fault('cell-full', 'm', {})`,
        'test/a.test.ts': `f('cell-fuller', 'a-cell-full')`,
      },
      { 'runtime/a.ts': `new Fault('cell-full', 'm', {})`, 'test/tidy/a.ts': `f('cell-full')` },
      { 'test/a.test.ts': `f('cell-full')` },
      ...[
        `new Fault('cell-gone', 'm', {})`,
        `Fault.wrap(error, 'cell-gone', 'm')`,
        `new Fault(a ? 'cell-gone' : 'cell-full', 'm', {})`,
        `type Why = 'cell-gone' | 'cell-full'\nconst fault = (why: Why) => new Fault(why, 'm', {})`,
        `class A { #fault(code: string) { return new Fault(code, 'm', {}) } b() { this.#fault('cell-gone') } }`,
        `const fault = (code: string) => new Fault(code, 'm', {})\nfault('cell-gone')`,
      ].map((text) => ({
        'runtime/a.ts': text,
        'runtime/b.ts': `new Fault('cell-full', 'm', {})`,
        'test/a.test.ts': `f('cell-full cell-gone')`,
      })),
      {
        'runtime/a.ts': `const fault = (code: string) => new Fault(code, 'm', {})`,
        'runtime/b.ts': `new Fault('cell-full', 'm', {})`,
        'test/a.test.ts': `f('cell-full')`,
      },
    ],
    kept: {
      'runtime/a.ts': `new Fault('cell-full', 'm', {})`,
      'runtime/fault.ts': `const from = (code) => new Fault(code, 'm', {})`,
      'test/a.test.ts': 'expect(shown).toBe(`error ${name} (cell-full)`)\nnew Fault("a-b", "m", {})',
      'test/tidy/a.ts': `f('cell-gone')`,
    },
  },
]
