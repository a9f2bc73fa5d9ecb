// The command tail: a line for each event.
import { tail as verb } from '../verbs/tail.ts'
import { streaming } from './command.ts'
import { happeningText } from './happening-text.ts'
import type { AnyCommand } from './command.ts'

export const tail: AnyCommand = streaming(verb, { record: happeningText })
