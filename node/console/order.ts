// An order: one line understood as a command with its input.
import { Fault } from '../../runtime/fault.ts'
import { inputOf } from '../verbs/input.ts'
import { readArguments } from './arguments.ts'
import { actsOf, called, commandNamed } from './family.ts'
import type { AnyCommand } from './command.ts'
import type { Token } from './tokens.ts'

/** A line that can be run. */
export interface Order {
  readonly command: AnyCommand
  readonly input: unknown
  /** This line's own `--json`. */
  readonly isJson: boolean
  /** It ended in `&`: the prompt does not wait for the stream. */
  readonly isBackground: boolean
}

/**
 * Understands a line; `--help` makes it a call for help.
 * @returns undefined for a line without words
 * @throws {Fault} `command-unknown` and those of `readArguments` and `inputOf`
 */
export async function orderOf(
  commands: readonly AnyCommand[],
  tokens: readonly Token[],
): Promise<Order | undefined> {
  const [first, second] = tokens
  if (first === undefined) return undefined
  const isFamily = actsOf(commands, first.text).length > 0
  if (isFamily && (second?.text === '--help' || second?.text === '-h')) return helpOn(commands, first.text)
  const { command, words } = called(commands, tokens)
  const isBackground = command.answers === 'stream' && words.at(-1)?.text === '&'
  const { values, isJson, isHelp } = await readArguments(command, isBackground ? words.slice(0, -1) : words)
  if (!isHelp) return { command, input: inputOf(command, values), isJson, isBackground }
  return { ...helpOn(commands, command.name), isJson }
}

function helpOn(commands: readonly AnyCommand[], name: string): Order {
  return {
    command: commandNamed(commands, 'help'),
    input: { command: name, act: undefined },
    isJson: false,
    isBackground: false,
  }
}

/** Whatever a line ran into, as a fault. */
export function faultOf(error: unknown, line: string): Fault {
  return Fault.wrap(error, 'command-failed', `Cannot run "${line}"`)
}
