// The command top: the actors that stand out; a screen that is redrawn on a terminal, one look elsewhere.
import { top as verb } from '../verbs/top.ts'
import { actorColumns, withPlace } from './actor-columns.ts'
import { tableLines } from './columns.ts'
import { streaming, table } from './command.ts'
import { dayTime, timeText } from './time-text.ts'
import type { Sample } from '../sampler.ts'
import type { Placed } from '../verbs/spot.ts'
import type { Frame } from '../verbs/top.ts'
import type { Column } from './columns.ts'
import type { AnyCommand } from './command.ts'
import type { Style } from './style.ts'

type Row = Sample & Placed

const columns: readonly Column<Row>[] = [
  ...(actorColumns.slice(0, 4) as readonly Column<Row>[]),
  {
    title: 'WAIT',
    field: 'waitMs',
    align: 'right',
    text: ({ waitMs }) => (waitMs === 0 ? '' : timeText(waitMs)),
  },
  { title: 'RATE/S', field: 'rate', align: 'right' },
  {
    title: 'CPU',
    field: 'cpuShare',
    align: 'right',
    text: ({ cpuShare }) => (cpuShare === 0 ? '' : `${(cpuShare * 100).toFixed(1)} %`),
  },
  ...(actorColumns.slice(4, 6) as readonly Column<Row>[]),
]

export const top: AnyCommand = streaming(verb, {
  table: table(({ rows }) => rows, columns),
  record: frameText,
  screen: (frame, style) => `${frameText(frame, style)}\n\n${style.paint('faint', 'q leaves')}`,
  suit: (input, style) => (style.isTerminal || input.count !== undefined ? input : { ...input, once: true }),
})

function frameText(frame: Frame, style: Style): string {
  const { node, nodes, at, actors, rate, restarts, deadLetters, sort, rows } = frame
  const head = `${style.paint('strong', style.safe(nodes === undefined ? node : nodes.join(' '), 200))}  ${dayTime(at).slice(0, 8)}  ${plural(actors, 'actor')}, ${rate} messages/s, ${plural(restarts, 'restart')}, ${plural(deadLetters, 'dead letter')}`
  return [
    head,
    style.paint('faint', `by ${sort}`),
    ...tableLines(rows, withPlace(columns, rows), style),
  ].join('\n')
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
