// The command state: prints the state as a literal.
import { state as verb } from '../verbs/state.ts'
import { answering } from './command.ts'
import { valueText } from './value.ts'
import type { AnyCommand } from './command.ts'

export const state: AnyCommand = answering(verb, {
  print: ({ state: shown }, style) => valueText(shown, style),
})
