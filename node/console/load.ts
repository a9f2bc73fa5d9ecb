// The command load: prints the definitions that a file brought.
import { load as verb } from '../verbs/load.ts'
import { answering } from './command.ts'
import type { AnyCommand } from './command.ts'

export const load: AnyCommand = answering(verb, {
  print: ({ definitions }, style) => style.safe(definitions.join(', '), 2_000),
})
