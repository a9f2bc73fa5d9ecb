// The table of verbs: all that an operator can ask of a node, in the order in which help shows them.
import { ask } from './ask.ts'
import { audit } from './audit.ts'
import { cluster } from './cluster.ts'
import { dead } from './dead.ts'
import { definitions } from './definitions.ts'
import { drain } from './drain.ts'
import { events } from './events.ts'
import { entities } from './entities.ts'
import { homes } from './homes.ts'
import { info } from './info.ts'
import { journalCompact } from './journal-compact.ts'
import { journalLs } from './journal-ls.ts'
import { journalShow } from './journal-show.ts'
import { journalVerify } from './journal-verify.ts'
import { kill } from './kill.ts'
import { load } from './load.ts'
import { ls } from './ls.ts'
import { mailbox } from './mailbox.ts'
import { move } from './move.ts'
import { nodes } from './nodes.ts'
import { projections } from './projections.ts'
import { rebalance } from './rebalance.ts'
import { replay } from './replay.ts'
import { restart } from './restart.ts'
import { resume } from './resume.ts'
import { simulate } from './simulate-partition.ts'
import { spawn } from './spawn.ts'
import { spread } from './spread.ts'
import { state } from './state.ts'
import { stop } from './stop.ts'
import { suspend } from './suspend.ts'
import { tail } from './tail.ts'
import { tell } from './tell.ts'
import { threads } from './threads.ts'
import { top } from './top.ts'
import { trace } from './trace.ts'
import { tree } from './tree.ts'
import { views } from './views.ts'
import { watch } from './watch.ts'
import { why } from './why.ts'
import type { AnyVerb } from './verb.ts'

export const verbs: readonly AnyVerb[] = [
  spawn,
  tell,
  ask,
  tree,
  ls,
  info,
  state,
  mailbox,
  why,
  watch,
  tail,
  trace,
  top,
  dead,
  audit,
  events,
  projections,
  journalLs,
  journalShow,
  journalVerify,
  journalCompact,
  replay,
  stop,
  kill,
  restart,
  suspend,
  resume,
  threads,
  move,
  spread,
  rebalance,
  nodes,
  cluster,
  simulate,
  views,
  homes,
  drain,
  definitions,
  entities,
  load,
]
