// The command exit: leaves the console; the node then stops kindly.
import { own } from './command.ts'
import type { AnyCommand } from './command.ts'

type ExitInput = Readonly<Record<string, never>>

export const exit: AnyCommand = own<ExitInput, object>(
  {
    name: 'exit',
    summary: 'Leaves the console; all actors are stopped kindly.',
    risk: 'high',
    role: 'admin',
    parameters: {},
    examples: ['exit'],
    run(shell) {
      shell.leave()
      return {}
    },
  },
  { print: () => '' },
)
