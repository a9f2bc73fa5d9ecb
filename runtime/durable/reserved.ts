// Reserved messages: those that the runtime sends for its actors, under names that no definition may have; read without trust.

/** A reliable message. */
export const letterName = '$reliable'
/** Up to which number letters were handled. */
export const ackName = '$ack'
/** An ask that is handled once for its key. */
export const onceName = '$once'
/** A durable timer has come due. */
export const beatName = '$beat'
/** It is time to write down what has arrived. */
export const arrivedName = '$arrived'

/** A letter on its way. */
export interface LetterMessage {
  /** The sender's path. */
  readonly from: string
  /** Tells apart those who had that path after each other. */
  readonly sender: string
  readonly number: number
  /** Up to this number all letters to the receiver were acknowledged: it need not know them any more. */
  readonly settled: number
  readonly name: string
  readonly payload: unknown
}

export interface AckMessage {
  /** Who has handled them. */
  readonly by: string
  readonly sender: string
  readonly upTo: number
  /** Letters came that cannot be handled before others that did not come. */
  readonly hasGap: boolean
}

export interface OnceMessage {
  readonly key: string
  readonly name: string
  readonly payload: unknown
}

export interface BeatMessage {
  readonly key: string
  /** Which beat: one that the timer has no more is not handled. */
  readonly dueMs: number
}

export function letterIn(payload: unknown): LetterMessage | undefined {
  const { from, sender, number, settled, name } = fieldsOf(payload)
  const isOne =
    isText(from) && isText(sender) && isCount(number) && isCount(settled) && number > settled && isFree(name)
  // What was not looked at may be anything.
  return isOne ? (payload as LetterMessage) : undefined
}

export function ackIn(payload: unknown): AckMessage | undefined {
  const { by, sender, upTo, hasGap } = fieldsOf(payload)
  const isOne = isText(by) && isText(sender) && isCount(upTo) && typeof hasGap === 'boolean'
  return isOne ? (payload as AckMessage) : undefined
}

export function onceIn(payload: unknown): OnceMessage | undefined {
  const { key, name } = fieldsOf(payload)
  return isKey(key) && isFree(name) ? (payload as OnceMessage) : undefined
}

export function beatIn(payload: unknown): BeatMessage | undefined {
  const { key, dueMs } = fieldsOf(payload)
  return isText(key) && typeof dueMs === 'number' ? (payload as BeatMessage) : undefined
}

/** Characters of an idempotency key. */
export const keyCharactersMax = 128

/** Whether it can be an idempotency key: 1 to 128 printable ASCII characters. */
export function isKey(key: unknown): key is string {
  return typeof key === 'string' && key.length <= keyCharactersMax && /^[\x20-\x7e]+$/.test(key)
}

/** A name that a definition may give to a message. */
function isFree(name: unknown): boolean {
  return typeof name === 'string' && !name.startsWith('$')
}

function fieldsOf(payload: unknown): Readonly<Record<string, unknown>> {
  return typeof payload === 'object' && payload !== null ? (payload as Record<string, unknown>) : {}
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
