// The command ask: prints the reply as a literal.
import { ask as verb } from '../verbs/ask.ts'
import { answering } from './command.ts'
import { valueText } from './value.ts'
import type { AnyCommand } from './command.ts'

export const ask: AnyCommand = answering(verb, { print: ({ reply }, style) => valueText(reply, style) })
