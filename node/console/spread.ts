// The command spread: prints each move with its reason.
import { spread as verb } from '../verbs/spread.ts'
import { balanceView } from './balance-view.ts'
import { answering } from './command.ts'
import type { AnyCommand } from './command.ts'

export const spread: AnyCommand = answering(verb, balanceView)
