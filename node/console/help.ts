// The command help: all commands, or one of them.
import { nearest } from '../../runtime/nearest.ts'
import { escapeText } from '../../runtime/escape.ts'
import { Fault } from '../../runtime/fault.ts'
import { optional, text } from '../verbs/parameter.ts'
import { parametersOf, usageOf } from '../verbs/usage.ts'
import { own } from './command.ts'
import { commandLines, helpPage } from './help-page.ts'
import type { AnyParameter } from '../verbs/parameter.ts'
import type { AnySignature, Headline } from '../verbs/verb.ts'
import type { AnyCommand } from './command.ts'

interface HelpInput {
  readonly command: string | undefined
}

interface Described extends Headline {
  readonly usage: string
  readonly parameters: Readonly<Record<string, AnyParameter>>
}

interface Helped {
  readonly commands: readonly Described[]
  /** Whether one was asked for. */
  readonly isOne: boolean
}

export const help: AnyCommand = own<HelpInput, Helped>(
  {
    name: 'help',
    summary: 'Shows what there is to say, or what one command takes.',
    risk: 'low',
    role: 'view',
    parameters: { command: optional(text('which command')) },
    examples: ['help', 'help ask'],
    run({ commands }, { command }) {
      if (command === undefined) return { commands: commands.map(describe), isOne: false }
      return { commands: [describe(commandNamed(commands, command))], isOne: true }
    },
  },
  {
    print({ commands, isOne }, style) {
      const [first] = commands
      if (isOne && first !== undefined) return helpPage(first, style)
      return [
        ...commandLines(commands, style),
        '',
        style.paint('faint', '"help COMMAND" tells more; Tab completes; Ctrl-C cancels; "exit" leaves.'),
      ].join('\n')
    },
  },
)

/** Finds a command by its name. @throws {Fault} `command-unknown` */
export function commandNamed<C extends AnySignature>(commands: readonly C[], name: string): C {
  const found = commands.find((command) => command.name === name)
  if (found !== undefined) return found
  const near = nearest(
    name,
    commands.map((command) => command.name),
  )
  throw new Fault('command-unknown', `Cannot run "${escapeText(name, 60)}": there is no such command`, {
    hint: near === undefined ? 'See all with "help".' : `Did you mean "${near}"? See all with "help".`,
  })
}

function describe(signature: AnySignature): Described {
  const { name, summary, details, risk, role, examples, parameters } = signature
  return {
    name,
    summary,
    ...(details === undefined ? {} : { details }),
    risk,
    role,
    examples,
    usage: usageOf(signature),
    parameters: Object.fromEntries(parametersOf({ parameters })),
  }
}
