// The command spawn: prints the path of the new actor.
import { spawn as verb } from '../verbs/spawn.ts'
import { answering } from './command.ts'
import type { AnyCommand } from './command.ts'

export const spawn: AnyCommand = answering(verb, {
  print: ({ path, thread, node }, style) => {
    const where = `${node === undefined ? '' : `  node ${style.safe(node, 120)}`}${thread === undefined ? '' : `  thread ${thread}`}`
    return `${style.safe(path, 600)}${style.paint('faint', where)}`
  },
})
