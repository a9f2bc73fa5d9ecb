// The command suspend: prints how the actor stands after it.
import { suspend as verb } from '../verbs/suspend.ts'
import { answering } from './command.ts'
import type { AnyCommand } from './command.ts'

export const suspend: AnyCommand = answering(verb, {
  print: ({ status, waiting, isNew }, style) =>
    `${style.status(status)}${waiting === 0 ? '' : `, ${waiting} waiting`}${isNew ? '' : ', as before'}`,
})
