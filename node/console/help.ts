// The command help: all commands, or one of them.
import { optional, text } from '../verbs/parameter.ts'
import { parametersOf, usageOf } from '../verbs/usage.ts'
import { own } from './command.ts'
import { actsOf, commandNamed } from './family.ts'
import { commandLines, helpPage } from './help-page.ts'
import type { AnyParameter } from '../verbs/parameter.ts'
import type { AnySignature, Headline } from '../verbs/verb.ts'
import type { AnyCommand } from './command.ts'

interface HelpInput {
  readonly command: string | undefined
  readonly act: string | undefined
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
    parameters: {
      command: optional(text('which command')),
      act: optional(text('the second word of its name, if it has two')),
    },
    examples: ['help', 'help ask', 'help journal', 'help journal ls'],
    run({ commands }, { command, act }) {
      if (command === undefined) return { commands: commands.map(describe), isOne: false }
      const name = act === undefined ? command : `${command} ${act}`
      const family = actsOf(commands, name).map((one) => commandNamed(commands, `${name} ${one}`))
      // A word may be a command of its own and begin others, as "cluster" does.
      const isOne = commands.some((one) => one.name === name)
      if (family.length > 0 && !isOne) return { commands: family.map(describe), isOne: false }
      return { commands: [describe(commandNamed(commands, name))], isOne: true }
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
