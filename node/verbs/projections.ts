// projections: lists the read models of the node, and shows what one has made of the events.
import { escapeText } from '../../runtime/escape.ts'
import { Fault } from '../../runtime/fault.ts'
import { inMain } from './where.ts'
import { optional, text } from './parameter.ts'
import type { MainVerb } from './verb.ts'
import type { Plain } from '../plain.ts'
import type { Projection, ProjectionStatus } from '../projections/projection.ts'

export interface ProjectionsInput {
  readonly name: string | undefined
}

export interface ProjectionLine {
  readonly name: string
  readonly status: ProjectionStatus
  /** Up to which position of the journal it has come. */
  readonly position: number
  /** Positions that it has not come to yet. */
  readonly lag: number
  /** Events since its beginning. */
  readonly applied: number
  readonly skipped: number
  /** Why it has ended, cannot be written down, or has left out the last event; null if nothing is wrong. */
  readonly fault: string | null
}

export interface ProjectionList {
  readonly projections: readonly ProjectionLine[]
  /** Of the one that was named; left out without a name. */
  readonly state?: Plain
}

export const projections: MainVerb<ProjectionsInput, ProjectionList> = {
  name: 'projections',
  summary: 'Lists the projections of the node: how far they have come, and what one of them has made.',
  details: 'One that failed is listed until it is started again.',
  risk: 'low',
  role: 'view',
  answers: 'once',
  parameters: { name: optional(text('only this one, with its state')) },
  examples: ['projections', 'projections totals'],
  where: () => inMain,
  run(node, { name }) {
    const { list } = node.projections
    if (name === undefined) return { projections: list.map(lineOf) }
    const found = list.find((projection) => projection.name === name)
    if (found === undefined) throw unknown(name)
    return { projections: [lineOf(found)], state: node.operator.plain(found.state) ?? null }
  },
}

function lineOf(projection: Projection): ProjectionLine {
  const { name, status, position, lag, applied, skipped, fault, lastSkipped } = projection
  const shown = fault ?? lastSkipped
  return {
    name,
    status,
    position,
    lag,
    applied,
    skipped,
    fault: shown === undefined ? null : `${shown.code}: ${shown.message}`,
  }
}

function unknown(name: string): Fault {
  return new Fault(
    'projection-unknown',
    `Cannot show the projection "${escapeText(name, 60)}": none of that name runs on this node`,
    { hint: 'See which there are with "projections".' },
  )
}
