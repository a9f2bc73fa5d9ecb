// The command stop: prints how the actor ended.
import { stop as verb } from '../verbs/stop.ts'
import { answering } from './command.ts'
import { exitText } from './exit-text.ts'
import type { AnyCommand } from './command.ts'

export const stop: AnyCommand = answering(verb, { print: ({ exit }, style) => exitText(exit, style) })
