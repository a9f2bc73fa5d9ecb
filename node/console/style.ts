// A style: how text may look where it goes: colour, width and characters.
import { styleText } from 'node:util'
import { escapeText } from '../../runtime/escape.ts'
import type { ActorStatus } from '../../runtime/inspect.ts'

/** What a text means; a meaning has a colour, and never only that. */
export type Tint = 'good' | 'bad' | 'warning' | 'active' | 'strong' | 'faint'

/** What is known of where the text goes. */
export interface StyleOptions {
  /** Environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly isTerminal: boolean
  /** Columns of the terminal, if it says so. */
  readonly columns?: number | undefined
  /** `--color` and `--no-color`. */
  readonly color?: boolean | undefined
}

/** Columns where nobody says how many there are. */
const columnsDefault = 80
/** Narrower than this nothing can be shown in columns. */
const columnsMin = 20

const tints = {
  good: 'green',
  bad: 'red',
  warning: 'yellow',
  active: 'cyan',
  strong: 'bold',
  faint: 'dim',
} as const satisfies Record<Tint, Parameters<typeof styleText>[0]>

interface Characters {
  readonly status: Record<ActorStatus, string>
  readonly branch: string
  readonly lastBranch: string
  readonly trunk: string
  readonly more: string
  readonly arrow: string
  readonly rule: string
  readonly ok: string
  readonly failed: string
}

const unicode: Characters = {
  status: { running: '●', starting: '◌', busy: '◐', suspended: '‖', stopping: '▽', failed: '✖', ended: '○' },
  branch: '├─ ',
  lastBranch: '└─ ',
  trunk: '│  ',
  more: '…',
  arrow: '→',
  rule: '─',
  ok: '✔',
  failed: '✖',
}

const ascii: Characters = {
  status: { running: '*', starting: '.', busy: '~', suspended: '=', stopping: 'v', failed: 'x', ended: 'o' },
  branch: '|- ',
  lastBranch: '`- ',
  trunk: '|  ',
  more: '...',
  arrow: '->',
  rule: '-',
  ok: '+',
  failed: 'x',
}

const statusTints: Record<ActorStatus, Tint> = {
  running: 'good',
  starting: 'active',
  busy: 'active',
  suspended: 'warning',
  stopping: 'warning',
  failed: 'bad',
  ended: 'faint',
}

export class Style {
  readonly isTerminal: boolean
  readonly hasColor: boolean
  readonly isUnicode: boolean
  readonly characters: Characters
  /** Set anew when the terminal is resized. */
  columns: number

  constructor({ env, isTerminal, columns, color }: StyleOptions) {
    this.isTerminal = isTerminal && env['TERM'] !== 'dumb'
    this.hasColor = color ?? wantsColor(env, this.isTerminal)
    this.isUnicode = isUtf8(env)
    this.characters = this.isUnicode ? unicode : ascii
    this.columns = isTerminal ? Math.max(columnsMin, columns ?? columnsDefault) : columnsDefault
  }

  paint(tint: Tint, text: string): string {
    return this.hasColor && text !== '' ? styleText(tints[tint], text, { validateStream: false }) : text
  }

  /** `● running`: always a sign and a word, in colour where there is colour. */
  status(status: ActorStatus): string {
    return this.paint(statusTints[status], `${this.characters.status[status]} ${status}`)
  }

  /** Text from outside, fit to be shown; on a terminal without a tail that would not fit. */
  safe(text: string, max: number = 200): string {
    const escaped = escapeText(text, max)
    return this.isUnicode ? escaped : escaped.replaceAll(/[^ -~]/gu, '?')
  }
}

/** NO_COLOR wins over FORCE_COLOR, both over the terminal. After no-color.org and force-color.org. */
function wantsColor(env: StyleOptions['env'], isTerminal: boolean): boolean {
  const { NO_COLOR, FORCE_COLOR } = env
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  return isTerminal
}

function isUtf8(env: StyleOptions['env']): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(
    (value) => value !== undefined && value !== '',
  )
  return /utf-?8/i.test(locale ?? '')
}
