// Snippets: the blocks of TypeScript of a page, as files in a folder of the repository that git does not see.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../tidy/tree.ts'
import { runProgram } from './program.ts'
import { linesOf } from './transcript.ts'
import type { Block } from './page.ts'

/** What one block did. */
export interface Outcome {
  readonly printed: readonly string[]
  /** What it threw, or how its process ended; undefined if all went well. */
  readonly failure: string | undefined
}

/** Imports one file after the other and says whose output begins; what they leave running ends with them. */
const runner = `
for (const file of process.argv.slice(2)) {
  console.log('\\u0001' + file)
  await import(file)
}
process.exit(0)
`

export class Snippets implements Disposable {
  readonly folder: string
  readonly #runner: string

  constructor() {
    mkdirSync(join(root, '.snippets'), { recursive: true })
    this.folder = mkdtempSync(join(root, '.snippets/run-'))
    this.#runner = this.write('runner.mjs', runner)
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** @returns the path of the file */
  write(name: string, text: string): string {
    const file = join(this.folder, name)
    writeFileSync(file, text)
    return file
  }

  /** A block is written as if it stood in the root: what it imports from `./` lies there. */
  writeBlock({ place, lines }: Block): string {
    const text = lines.join('\n').replaceAll(" from './", " from '../../")
    return this.write(`${place.replace(/[^\w]+/g, '-')}.ts`, `${text}\n`)
  }

  /** Runs all blocks in one process; after one that fails, goes on with the next in another. */
  async run(blocks: readonly Block[]): Promise<Map<Block, Outcome>> {
    const outcomes = new Map<Block, Outcome>()
    let left = blocks.map((block) => [block, this.writeBlock(block)] as const)
    while (left.length > 0) {
      const files = left.map(([, file]) => file)
      const { code, output, errors } = await runProgram('node', [
        '--conditions=troupe-source',
        this.#runner,
        ...files,
      ])
      const begun = output.split('\u0001').slice(1)
      const failure = code === 0 ? undefined : `it ended with ${code}\n${output}${errors}`
      const done = Math.max(begun.length, 1)
      left.slice(0, done).forEach(([block], index) => {
        const printed = linesOf(begun[index] ?? '').slice(1)
        outcomes.set(block, { printed, failure: index === done - 1 ? failure : undefined })
      })
      left = left.slice(done)
    }
    return outcomes
  }

  /** The errors that the compiler finds in files or folders of the repository. */
  async compile(include: readonly string[]): Promise<string[]> {
    const configuration = {
      extends: '../../tsconfig.json',
      compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
      include,
    }
    const file = this.write('tsconfig.json', JSON.stringify(configuration))
    const { code, output, errors } = await runProgram('tsc', ['--pretty', 'false', '-p', file])
    const found = linesOf(output + errors)
    return code === 0 || found.length > 0 ? found : [`the compiler ended with ${code}`]
  }
}
