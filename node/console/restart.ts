// The command restart: prints how the actor stands after it.
import { restart as verb } from '../verbs/restart.ts'
import { answering } from './command.ts'
import type { AnyCommand } from './command.ts'

export const restart: AnyCommand = answering(verb, {
  print: ({ status, restarts }, style) =>
    `${style.status(status)}${restarts === 0 ? '' : `, ${restarts} restart${restarts === 1 ? '' : 's'}`}`,
})
