// The command resume: prints how the actor stands after it.
import { resume as verb } from '../verbs/resume.ts'
import { answering } from './command.ts'
import type { AnyCommand } from './command.ts'

export const resume: AnyCommand = answering(verb, {
  print: ({ status, waiting, isNew }, style) =>
    `${style.status(status)}${waiting === 0 ? '' : `, ${waiting} waiting`}${isNew ? '' : ', as before'}`,
})
