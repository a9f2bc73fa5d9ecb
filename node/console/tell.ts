// The command tell: says nothing on success, as a message that was put into a box.
import { tell as verb } from '../verbs/tell.ts'
import { answering } from './command.ts'
import type { AnyCommand } from './command.ts'

export const tell: AnyCommand = answering(verb, { print: () => '' })
