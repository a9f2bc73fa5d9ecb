// The command watch: prints how the actor ended.
import { watch as verb } from '../verbs/watch.ts'
import { answering } from './command.ts'
import { exitText } from './exit-text.ts'
import type { AnyCommand } from './command.ts'

export const watch: AnyCommand = answering(verb, { print: ({ exit }, style) => exitText(exit, style) })
