// Messages of groups: what one node tells another of its own entries; nobody speaks for anybody else.
import { fromBytes, flag, list, record, toBytes, variants, whole, always } from '../state/shape.ts'
import * as field from '../state/field.ts'
import type { Shape } from '../state/shape.ts'

/** Changes in one message. */
export const newsChangesMax = 1_024
/** Bytes of one message; signals wait behind no larger one. */
export const newsBytesMax = 65_536

const format = 1

/** What a node has said last about one path in one group. */
export interface GroupChange {
  readonly version: number
  readonly isIn: boolean
  readonly group: string
  readonly path: string
}

/** The sender has made so many changes. */
export interface Have {
  readonly type: 'have'
  readonly version: number
}

/** The sender knows the receiver's changes up to `from`. */
export interface Want {
  readonly type: 'want'
  readonly from: number
  /** Whoever was in and has left since this version is not known to have left; it is not below `from`. */
  readonly since: number
  /** It is learning everything anew, and has come so far. */
  readonly isReset: boolean
}

/** What has become of all that the sender changed after `from`, up to `to`. */
export interface News {
  readonly type: 'news'
  readonly from: number
  readonly to: number
  /** All changes that there are. */
  readonly version: number
  /** What the receiver knew no longer counts: some that have left are forgotten. */
  readonly isReset: boolean
  readonly changes: readonly GroupChange[]
}

export type GroupMessage = Have | Want | News

export function encodeGroupMessage(message: GroupMessage): Uint8Array {
  return toBytes(messageShape, format, message)
}

/** Never throws. @returns undefined of what is no message */
export function decodeGroupMessage(bytes: Uint8Array): GroupMessage | undefined {
  try {
    const message = fromBytes(messageShape, format, bytes)
    return message.type === 'news' && !isSound(message) ? undefined : message
  } catch {
    return undefined
  }
}

/** Whether the changes are what it says: in order, and between its bounds. */
function isSound({ from, to, version, changes }: News): boolean {
  let last = from
  for (const change of changes) {
    if (change.version <= last) return false
    last = change.version
  }
  return last <= to && to <= version
}

const change = record<GroupChange>({
  version: whole(),
  isIn: flag,
  group: field.path,
  path: field.path,
})

const messageShape: Shape<GroupMessage> = variants<GroupMessage>({
  have: [1, record<Have>({ type: always('have'), version: whole() })],
  want: [2, record<Want>({ type: always('want'), from: whole(), since: whole(), isReset: flag })],
  news: [
    3,
    record<News>({
      type: always('news'),
      from: whole(),
      to: whole(),
      version: whole(),
      isReset: flag,
      changes: list(change, newsChangesMax),
    }),
  ],
})
