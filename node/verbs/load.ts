// load: loads a file of definitions.
import { file } from './parameter.ts'
import { unlessAborted } from './within.ts'
import { inMain } from './where.ts'
import type { MainVerb } from './verb.ts'

export interface LoadInput {
  readonly file: string
}

export interface Loaded {
  readonly file: string
  readonly definitions: readonly string[]
}

export const load: MainVerb<LoadInput, Loaded> = {
  name: 'load',
  summary: 'Loads a file of definitions, so that they can be spawned by name.',
  details:
    'A file runs once: changed code needs a new node. With threads all of them load it, or it cannot be spawned.',
  risk: 'high',
  role: 'admin',
  answers: 'once',
  parameters: { file: file('a TypeScript or JavaScript module that exports definitions') },
  examples: ['load ./account.ts'],
  where: () => inMain,
  async run(node, input, { signal }) {
    return { file: input.file, definitions: await unlessAborted(signal, node.load(input.file)) }
  },
}
