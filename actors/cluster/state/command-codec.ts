// A codec of commands and answers: what goes into the council's log, and what comes back to whoever proposed it.
import { describeThrown } from '../../../runtime/thrown.ts'
import { Fault } from '../../../runtime/fault.ts'
import { commandBytesMax } from '../council/entry.ts'
import { answerShape } from './answer-shape.ts'
import { batchMax } from './command.ts'
import { commandShape } from './command-shape.ts'
import { fromBytes, toBytes } from './shape.ts'
import type { Answer, Refusal } from './answer.ts'
import type { Claim, Command } from './command.ts'

const format = 1
/** Bytes of a claim beside its path, definition and spec; and of a command beside its claims. */
const claimHeadBytes = 32

/** The answer to bytes that are no command: they are in the log, so all have to say the same. */
export const refusedCommand: Refusal = {
  type: 'refused',
  code: 'command-malformed',
  why: 'it is broken, hostile, or of another version',
}

/** @throws {Fault} `command-invalid` a part of it is too long, or not what it should be */
export function encodeCommand(command: Command): Uint8Array {
  try {
    return toBytes(commandShape, format, command)
  } catch (error) {
    const { message } = describeThrown(error)
    throw new Fault('command-invalid', `Cannot propose a "${command.type}" to the cluster: ${message}`, {
      hint: 'Mend the part that is named; docs/limits.md lists how large each may be.',
      cause: error,
    })
  }
}

/** Never throws. @returns undefined of what is no command */
export function decodeCommand(bytes: Uint8Array): Command | undefined {
  try {
    return fromBytes(commandShape, format, bytes)
  } catch {
    return undefined
  }
}

/** @returns at most `answerBytesMax` of the council, for an answer to a command that was decoded */
export function encodeAnswer(answer: Answer): Uint8Array {
  return toBytes(answerShape, format, answer)
}

/** @throws {Fault} `answer-malformed` */
export function decodeAnswer(bytes: Uint8Array): Answer {
  try {
    return fromBytes(answerShape, format, bytes)
  } catch (error) {
    const { message } = describeThrown(error)
    throw new Fault('answer-malformed', `Cannot read an answer of ${bytes.byteLength} bytes: ${message}`, {
      hint: 'Ask another node: this one is broken, hostile, or of another version.',
      cause: error,
    })
  }
}

/** How many claims from the first on go into one command; at least one, if there is one. */
export function claimsThatFit(claims: readonly Claim[]): number {
  let left = commandBytesMax - claimHeadBytes
  const end = claims.findIndex(({ top, definition, spec }, index) => {
    left -= claimHeadBytes + top.length + definition.length + spec.byteLength
    return index >= batchMax || (left < 0 && index > 0)
  })
  return end < 0 ? claims.length : end
}
