// The parameters of spreading and rebalancing.
import { count, duration, flag, optionOr } from './parameter.ts'
import type { Parameters } from './parameter.ts'
import type { BalanceInput } from './balancing.ts'

export const balanceParameters: Parameters<BalanceInput> = {
  over: optionOr(duration('how long to measure; default 1s', { min: 100, max: 60_000 }), 1_000),
  limit: optionOr(count('moves at most; default 10', { min: 1, max: 1_000 }), 10),
  dryRun: flag('moves nothing'),
}
