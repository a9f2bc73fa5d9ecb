// spread: moves actors so that all threads are equally busy.
import { balance } from './balancing.ts'
import { balanceParameters } from './balance-parameters.ts'
import { inMain } from './where.ts'
import type { Balanced, BalanceInput } from './balancing.ts'
import type { MainVerb } from './verb.ts'

export const spread: MainVerb<BalanceInput, Balanced> = {
  name: 'spread',
  summary: 'Moves actors so that all threads are about equally busy.',
  details:
    "Measures for a while, plans at most --limit moves and makes them, each with its reason. With --dry-run it only plans. What has moved within the last minute stays, and so does the main thread's.",
  risk: 'high',
  role: 'operate',
  answers: 'once',
  parameters: balanceParameters,
  examples: ['spread --dry-run', 'spread --over 5s'],
  where: () => inMain,
  run: (node, input, { signal }) => balance(node, 'spread', input, signal),
}
