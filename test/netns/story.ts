// A story: what all processes of a run have written down, in the order of the clock that they share, and what the checkers say of it.
import { checkAsk } from '../../scenarios/testing/checkers/check-ask.ts'
import { checkFifo } from '../../scenarios/testing/checkers/check-fifo.ts'
import { checkOnce } from '../../scenarios/testing/checkers/check-once.ts'
import { checkSingle } from '../../scenarios/testing/checkers/check-single.ts'
import { checkView } from '../../scenarios/testing/checkers/check-view.ts'
import type { History, HistoryEvent } from '../../scenarios/testing/checkers/history.ts'
import type { Lived } from '../../scenarios/testing/checkers/check-single.ts'
import type { Verdict } from '../../scenarios/testing/checkers/verdict.ts'
import type { ViewInstalled } from '../../scenarios/testing/checkers/check-view.ts'

interface Said {
  readonly atMs: number
  /** As which member. */
  readonly member: number
}

export interface Handling extends Said {
  readonly type: 'received' | 'handled'
  readonly by: string
  readonly id: string
  readonly epoch: number
  readonly life: number
}

export interface Status extends Said {
  readonly type: 'status'
  readonly mayAct: boolean
  readonly leader?: string
  readonly up: readonly string[]
  readonly homes: readonly (readonly [top: string, node: string | undefined])[]
  readonly ways: readonly (readonly [peer: string, way?: string, address?: string])[]
}

export interface View extends Said {
  readonly type: 'view'
  readonly index: number
  readonly members: readonly (readonly [number: number, name: string, status: string])[]
}

export interface Answered extends Said {
  readonly type: 'answered'
  readonly id: string
  readonly how: 'reply' | 'fault' | 'expired'
  readonly echo?: string
  readonly code?: string
}

export type Line =
  | Handling
  | Status
  | View
  | Answered
  | (Said & {
      readonly type: 'sent'
      readonly id: string
      readonly from: string
      readonly to: string
      readonly seq: number
    })
  | (Said & { readonly type: 'asked'; readonly id: string; readonly timeoutMs: number; readonly to: string })
  | (Said & { readonly type: 'home'; readonly top: string; readonly to: number })
  | (Said & { readonly type: 'note'; readonly kind: string; readonly why?: string })
  | (Said & { readonly type: 'up'; readonly peer: string; readonly number: number })
  | (Said & { readonly type: 'broken'; readonly why: string })
  | (Said & {
      readonly type: 'answer'
      readonly number: number
      readonly value?: unknown
      readonly failure?: string
    })

/** What one process has written. */
export interface Account {
  readonly process: string
  readonly lines: readonly Line[]
  /** It was killed: what it waited for has no end. */
  readonly isKilled: boolean
}

/** How late an ask may end on a machine that has more to do than it can; longer where a process stood still. */
const askTickMs = 2_000

export function judge(accounts: readonly Account[], stoppedMs: number): Record<string, Verdict> {
  const history = historyOf(accounts)
  return {
    'single home': checkSingle(livesOf(accounts)),
    'asks end once': checkAsk(history, askTickMs + stoppedMs),
    'fifo per sender': checkFifo(history),
    'handled once': checkOnce(history),
    'views agree': checkView(viewsOf(accounts)),
  }
}

/** From the first message that a life has handled to the last: whoever lives meanwhile is one too many. */
export function livesOf(accounts: readonly Account[]): Lived[] {
  const lives = new Map<string, Lived & { untilMs: number }>()
  for (const { process, lines } of accounts) {
    for (const line of lines) {
      if (line.type !== 'received' && line.type !== 'handled') continue
      const { by, life, epoch, member, atMs } = line
      const key = `${by} ${process} ${member} ${life}`
      const known = lives.get(key)
      if (known === undefined) {
        const node = `${process} as member ${member}`
        lives.set(key, { type: 'lived', identity: by, epoch, node, fromMs: atMs, untilMs: atMs })
      } else known.untilMs = Math.max(known.untilMs, atMs)
    }
  }
  return [...lives.values()]
}

function historyOf(accounts: readonly Account[]): History {
  const killed = new Set(
    accounts
      .filter(({ isKilled }) => isKilled)
      .flatMap(({ lines }) => lines.flatMap((line) => (line.type === 'asked' ? [line.id] : []))),
  )
  const answered = new Set(
    accounts.flatMap(({ lines }) => lines.flatMap((line) => (line.type === 'answered' ? [line.id] : []))),
  )
  const events = accounts.flatMap(({ lines }) => lines.flatMap((line) => eventOf(line, killed, answered)))
  return events.toSorted((a, b) => a.atMs - b.atMs)
}

function eventOf(
  line: Line,
  killed: ReadonlySet<string>,
  answered: ReadonlySet<string>,
): (HistoryEvent & { readonly atMs: number })[] {
  switch (line.type) {
    case 'sent':
    case 'received':
    case 'handled':
    case 'answered':
      return [line]
    case 'asked':
      return killed.has(line.id) && !answered.has(line.id) ? [] : [line]
    default:
      return []
  }
}

/** One entry of the council's log may change several members: what stands after it counts. */
function viewsOf(accounts: readonly Account[]): ViewInstalled[] {
  return accounts.flatMap(({ process, lines }) => {
    const views = new Map<number, ViewInstalled>()
    for (const line of lines) {
      if (line.type !== 'view') continue
      const content = JSON.stringify(line.members)
      views.set(line.index, { type: 'installed', node: process, view: line.index, content })
    }
    return [...views.values()]
  })
}
