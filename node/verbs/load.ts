// load: loads a file of definitions.
import { file } from './parameter.ts'
import { unlessAborted } from './within.ts'
import type { Verb } from './verb.ts'

export interface LoadInput {
  readonly file: string
}

export interface Loaded {
  readonly file: string
  readonly definitions: readonly string[]
}

export const load: Verb<LoadInput, Loaded> = {
  name: 'load',
  summary: 'Loads a file of definitions, so that they can be spawned by name.',
  details: 'A file runs once: changed code needs a new node.',
  risk: 'high',
  role: 'admin',
  answers: 'once',
  parameters: { file: file('a TypeScript or JavaScript module that exports definitions') },
  examples: ['load ./account.ts'],
  async run(node, input, { signal }) {
    return { file: input.file, definitions: await unlessAborted(signal, node.definitions.load(input.file)) }
  },
}
