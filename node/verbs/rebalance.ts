// rebalance: brings actors together with those that talk to them.
import { balance } from './balancing.ts'
import { balanceParameters } from './balance-parameters.ts'
import { inMain } from './where.ts'
import type { Balanced, BalanceInput } from './balancing.ts'
import type { MainVerb } from './verb.ts'

export const rebalance: MainVerb<BalanceInput, Balanced> = {
  name: 'rebalance',
  summary: 'Moves actors to where most of their messages come from, as far as the threads stay balanced.',
  details:
    'Like "spread", by the messages between threads. Counted is which thread sends to an actor, not which of those that live there.',
  risk: 'high',
  role: 'operate',
  answers: 'once',
  parameters: balanceParameters,
  examples: ['rebalance --dry-run', 'rebalance --over 5s'],
  where: () => inMain,
  run: (node, input, { signal }) => balance(node, 'rebalance', input, signal),
}
