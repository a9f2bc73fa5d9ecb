// The input of the probes that another node may ask for, checked.
import { eventKinds } from '../../runtime/event-log.ts'
import { Fault } from '../../runtime/fault.ts'
import type { EventKind } from '../../runtime/event-log.ts'
import type { NewsInput } from './news.ts'
import type { PathsInput } from './paths.ts'

/** Characters of a beginning of a path, and paths, that another node may ask for. */
const startMax = 4_096
const limitMax = 1_000

/** @throws {Fault} `argument-invalid` */
export function pathsInput(input: unknown): PathsInput {
  const { start, limit } = Object(input) as Readonly<Record<string, unknown>>
  const isRight =
    typeof start === 'string' &&
    start.length <= startMax &&
    typeof limit === 'number' &&
    limit >= 0 &&
    limit <= limitMax
  if (!isRight) throw malformed('paths')
  return { start, limit }
}

/** @throws {Fault} `argument-invalid` */
export function newsInput(input: unknown): NewsInput {
  const { kinds } = Object(input) as { readonly kinds?: unknown }
  if (!Array.isArray(kinds)) throw malformed('news')
  return { kinds: eventKinds.filter((kind: EventKind) => kinds.includes(kind)) }
}

function malformed(name: string): Fault {
  return new Fault('argument-invalid', `Cannot do "${name}" for another node: what it sent is malformed`, {
    hint: 'Run the same version on all nodes.',
  })
}
