// The command trace: a sequence diagram on a terminal, plain lines elsewhere.
import { trace as verb } from '../verbs/trace.ts'
import { streaming } from './command.ts'
import { dayTime } from './time-text.ts'
import type { Step, TraceInput } from '../verbs/trace.ts'
import type { AnyCommand } from './command.ts'
import type { Style } from './style.ts'

export const trace: AnyCommand = streaming(verb, {
  head: (input, style) => (style.isTerminal ? lanes(input, style) : ''),
  record: (step, style) => (style.isTerminal ? arrow(step, style) : line(step, style)),
})

/** Columns between the two lifelines. */
const laneWidth = 34
const timeWidth = 12
const outside = '(outside)'

function line({ at, kind, from, path, message, isAsk, outcome }: Step, style: Style): string {
  const sender = from === '' ? outside : style.safe(from, 600)
  const what = `${isAsk ? 'ask' : 'tell'} ${style.safe(message, 100)}`
  if (kind === 'sent') return `${dayTime(at)}  sent     ${sender} -> ${style.safe(path, 600)}  ${what}`
  return `${dayTime(at)}  handled  ${style.safe(path, 600)}  ${what}  ${outcome}`
}

/** The two ends of the diagram: whoever sends, and the traced actor. */
function lanes({ actor }: TraceInput, style: Style): string {
  const { bar } = pen(style)
  const pad = ' '.repeat(timeWidth + 2)
  return [
    `${pad}senders${' '.repeat(laneWidth - 6)}${style.paint('strong', style.safe(actor, 600))}`,
    `${pad}${bar}${' '.repeat(laneWidth)}${bar}`,
  ].join('\n')
}

function arrow({ at, kind, from, message, isAsk, outcome }: Step, style: Style): string {
  const { bar, shaft, dotted, left, right } = pen(style)
  const time = style.paint('faint', dayTime(at))
  const name = style.safe(message, laneWidth - 8)
  if (kind === 'sent') {
    const label = ` ${name} `
    const sender = from === '' ? '' : `  from ${style.safe(from, 600)}`
    return `${time}  ${bar}${shaft.repeat(2)}${label}${shaft.repeat(Math.max(1, laneWidth - 3 - label.length))}${right}${bar}${sender}`
  }
  const good = outcome === 'handled' || outcome === 'stashed'
  const ending = style.paint(good ? 'good' : 'bad', outcome)
  if (!isAsk) return `${time}  ${bar}${' '.repeat(laneWidth)}${bar} ${name}: ${ending}`
  const label = ` ${name} `
  const drawn = `${left}${dotted.repeat(Math.max(1, laneWidth - 3 - label.length))}${label}${dotted.repeat(2)}`
  return `${time}  ${bar}${drawn}${bar} ${ending}`
}

function pen(style: Style): Readonly<Record<'bar' | 'shaft' | 'dotted' | 'left' | 'right', string>> {
  return style.isUnicode
    ? { bar: '│', shaft: '─', dotted: '╌', left: '◀', right: '▶' }
    : { bar: '|', shaft: '-', dotted: '.', left: '<', right: '>' }
}
