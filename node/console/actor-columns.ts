// The columns of an actor: how lists show it, and what is remarkable about it in words.
import { timeText } from './time-text.ts'
import type { ActorView } from '../../runtime/inspect.ts'
import type { Located, Placed } from '../verbs/spot.ts'
import type { Column } from './columns.ts'
import type { Style } from './style.ts'

/** For lists in which each actor has a line. */
export const actorColumns: readonly Column<ActorView & Placed>[] = [
  { title: 'PATH', field: 'path', tint: 'strong' },
  { title: 'DEFINITION', field: 'definition' },
  {
    title: 'STATUS',
    field: 'status',
    text: ({ status }, style) => `${style.characters.status[status]} ${status}`,
  },
  { title: 'WAITING', field: 'waiting', align: 'right' },
  { title: 'HANDLED', field: 'handled', align: 'right' },
  { title: 'RESTARTS', field: 'restarts', align: 'right' },
  { title: 'CHILDREN', field: 'children', align: 'right' },
]

/** The same with the node and the thread of each, where there are several. */
export function withPlace<R extends Placed>(
  columns: readonly Column<R>[],
  rows: readonly R[],
): readonly Column<R>[] {
  const [first, ...more] = columns
  if (first === undefined) return columns
  const isPlaced = rows.some(({ thread }) => thread !== undefined)
  const thread: readonly Column<R>[] = isPlaced ? [{ title: 'THREAD', field: 'thread', align: 'right' }] : []
  return withNode([first, ...thread, ...more], rows)
}

/** The same with the node of each, where several were asked. */
export function withNode<R extends Located>(
  columns: readonly Column<R>[],
  rows: readonly R[],
): readonly Column<R>[] {
  const [first, ...more] = columns
  if (first === undefined || rows.every(({ node }) => node === undefined)) return columns
  return [first, { title: 'NODE', field: 'node' }, ...more]
}

/** What stands out, after its status: `5 waiting, 2 restarts, starts in 1.2s`. */
export function remarks(view: ActorView, style: Style): string {
  const { waiting, stashed, restarts, dead, busyMs, message, startsInMs, behaviour } = view
  const parts = [
    startsInMs === null ? '' : `starts in ${timeText(startsInMs)}`,
    busyMs === null
      ? ''
      : `for ${timeText(busyMs)} with ${message === null ? 'a hook' : style.safe(message, 60)}`,
    behaviour === 'on' ? '' : `as ${style.safe(behaviour, 60)}`,
    waiting === 0 ? '' : `${waiting} waiting`,
    stashed === 0 ? '' : `${stashed} stashed`,
    restarts === 0 ? '' : `${restarts} restart${restarts === 1 ? '' : 's'}`,
    dead === 0 ? '' : `${dead} dead`,
  ]
  return parts.filter((part) => part !== '').join(', ')
}
