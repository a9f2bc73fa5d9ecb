// An order: one line understood as a command with its input.
import { Fault } from '../../runtime/fault.ts'
import { inputOf } from '../verbs/input.ts'
import { readArguments } from './arguments.ts'
import { commandNamed } from './help.ts'
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
  const [name, ...words] = tokens
  if (name === undefined) return undefined
  const command = commandNamed(commands, name.text)
  const isBackground = command.answers === 'stream' && words.at(-1)?.text === '&'
  const { values, isJson, isHelp } = await readArguments(command, isBackground ? words.slice(0, -1) : words)
  if (!isHelp) return { command, input: inputOf(command, values), isJson, isBackground }
  return {
    command: commandNamed(commands, 'help'),
    input: { command: command.name },
    isJson,
    isBackground: false,
  }
}

/** Whatever a line ran into, as a fault. */
export function faultOf(error: unknown, line: string): Fault {
  return Fault.wrap(error, 'command-failed', `Cannot run "${line}"`)
}
