// The command kill: prints how the actor stands after it.
import { kill as verb } from '../verbs/kill.ts'
import { answering } from './command.ts'
import type { AnyCommand } from './command.ts'

export const kill: AnyCommand = answering(verb, {
  print: ({ status, restarts }, style) =>
    `${style.status(status)}${restarts === 0 ? '' : `, ${restarts} restart${restarts === 1 ? '' : 's'}`}`,
})
