// The command spawn: prints the path of the new actor.
import { spawn as verb } from '../verbs/spawn.ts'
import { answering } from './command.ts'
import type { AnyCommand } from './command.ts'

export const spawn: AnyCommand = answering(verb, {
  print: ({ path, thread }, style) =>
    `${style.safe(path, 600)}${thread === undefined ? '' : style.paint('faint', `  thread ${thread}`)}`,
})
