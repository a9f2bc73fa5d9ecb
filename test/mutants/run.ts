// The mutant run: plants one bug after the other into a copy of the tree and says which tests see it.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mutants } from './mutants.ts'
import type { Mutant } from './mutant.ts'

/** One mutant may take this long, in milliseconds; a hang is a catch as well. */
const mutantMsMax = 180_000
const copied = [
  'index.ts',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
  'runtime',
  'supervisors',
  'transports',
  'actors',
  'node',
  'scenarios',
  'test',
]

const top = join(import.meta.dirname, '../..')

function copyTree(): string {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-mutants-'))
  for (const name of copied.filter((part) => existsSync(join(top, part))))
    cpSync(join(top, name), join(folder, name), { recursive: true, force: true, errorOnExist: false })
  symlinkSync(join(top, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

/** The tests of the kernel; those of the threads take longer. */
const kernelTests: readonly string[] = [
  ...['mailbox', 'messages', 'supervision', 'timer-queue', 'payload', 'path'].map(
    (name) => `test/properties/${name}.test.ts`,
  ),
  'test/runtime',
  'test/supervisors',
  'test/scenarios',
  'test/node/fairness.test.ts',
]

/** Plants a bug and returns the way to take it out; throws if its place is not found exactly once. */
function plant(folder: string, mutant: Mutant): () => void {
  const file = join(folder, mutant.file)
  const source = readFileSync(file, 'utf8')
  const places = source.split(mutant.find).length - 1
  if (places !== 1)
    throw new Error(`${mutant.name}: "${mutant.find}" stands ${places} times in ${mutant.file}`)
  writeFileSync(
    file,
    source.replace(mutant.find, () => mutant.plant),
  )
  return () => writeFileSync(file, source)
}

/** The first failing test, `hang`, or nothing if the bug was not seen. */
function catcher(folder: string, tests: readonly string[]): string | undefined {
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--bail=1', '--reporter=default', ...tests]
  const run = spawnSync(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
    timeout: mutantMsMax,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (run.status === 0) return undefined
  if (run.error !== undefined) return 'hang'
  return /^ FAIL +(.+)$/m.exec(run.stdout + run.stderr)?.[1] ?? 'a test file that could not run'
}

function main(): void {
  const wanted = process.argv.slice(2)
  const chosen = mutants.filter(({ name }) => wanted.length === 0 || wanted.includes(name))
  const folder = copyTree()
  let missed = 0
  try {
    const used = chosen.map(({ tests }) => tests ?? kernelTests)
    const innocent = [...new Set(used)].map((tests) => catcher(folder, tests)).find((by) => by !== undefined)
    if (innocent !== undefined) throw new Error(`without any mutant this fails: ${innocent}`)
    for (const mutant of chosen) {
      const takeOut = plant(folder, mutant)
      const startMs = performance.now()
      const by = catcher(folder, mutant.tests ?? kernelTests)
      const seconds = Math.round((performance.now() - startMs) / 1_000)
      takeOut()
      if (by === undefined) missed++
      console.log(
        `${by === undefined ? 'MISSED' : 'caught'}  ${seconds} s  ${mutant.name}${by === undefined ? '' : `  by: ${by}`}`,
      )
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  console.log(`${chosen.length - missed} of ${chosen.length} mutants caught`)
  process.exitCode = missed === 0 ? 0 : 1
}

main()
