// The command why: what an actor does, what it failed of, how it is looked after, and what happened to it; or what became of a node.
import { isOfNode, why as verb } from '../verbs/why.ts'
import { whyNodeText } from './why-node.ts'
import { remarks } from './actor-columns.ts'
import { tableLines } from './columns.ts'
import { answering } from './command.ts'
import { letterColumns } from './dead.ts'
import { exitText } from './exit-text.ts'
import { happeningText } from './happening-text.ts'
import { pairLines } from './pairs.ts'
import { timeText } from './time-text.ts'
import type { Care, LastFault, Why } from '../verbs/why.ts'
import type { AnyCommand } from './command.ts'
import type { Style } from './style.ts'

export const why: AnyCommand = answering(verb, {
  print: (data, style) => (isOfNode(data) ? whyNodeText(data, style) : whyText(data, style)),
})

function whyText(data: Why, style: Style): string {
  const { fault, care, events, letters } = data
  const parts = [
    pairLines(
      [
        ['actor', style.paint('strong', style.safe(data.path, 600))],
        ['status', statusText(data, style)],
        ['node', style.safe(data.node ?? '', 120)],
        ['thread', data.thread === undefined ? '' : String(data.thread)],
        ['last fault', fault === null ? 'none' : faultLines(fault, style)],
        ['looked after', care === null ? '' : careText(care, style)],
      ],
      style,
    ),
    section(
      'Events',
      events.map((event) => happeningText(event, style)),
      style,
    ),
    section('Dead letters', tableLines(letters, letterColumns, style, 2), style),
  ]
  return parts.flat().join('\n')
}

function section(title: string, lines: readonly string[], style: Style): string[] {
  return lines.length === 0 ? [] : ['', style.paint('faint', title), ...lines.map((line) => `  ${line}`)]
}

function statusText(data: Why, style: Style): string {
  if (data.exit !== null) return exitText(data.exit, style)
  const said = remarks(data, style)
  return `${style.status(data.status)}${said === '' ? '' : `, ${said}`}`
}

function faultLines({ code, message, hint, stack }: LastFault, style: Style): string {
  return [
    `${style.paint('bad', style.safe(code))}: ${style.safe(message, 500)}`,
    ...stack.map((line) => style.paint('faint', `  ${style.safe(line, 300)}`)),
    ...(hint === '' ? [] : [`${style.characters.arrow} ${style.safe(hint, 500)}`]),
  ].join('\n')
}

function careText(care: Care, style: Style): string {
  const { supervisor, strategy, restart, intensity, periodMs, spent, left, budget, backoff, attempt } = care
  const lines = [`${restart}, by ${style.safe(supervisor, 600)} (${strategy})`]
  if (backoff === null) {
    const whose = budget === 'each' ? 'it' : 'all its siblings'
    lines.push(
      `${spent} of ${intensity} restarts spent within ${timeText(periodMs)}, ${left} left for ${whose}`,
    )
  } else {
    lines.push(`backoff ${timeText(backoff.minMs)} to ${timeText(backoff.maxMs)}, attempt ${attempt}`)
  }
  return lines.join('\n')
}
