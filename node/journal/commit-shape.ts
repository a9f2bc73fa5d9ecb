// The shape of a commit: tells whether a list that was decoded says one, and makes it.
import type { CatchUp, Commit, JournalEvent, Letter, TimerChange } from '../../runtime/commit.ts'

/** Fields that a commit has. */
const fieldCount = 8

type Row = readonly unknown[]

/** @throws {Error} that says what is wrong first */
export function commitOf(row: Row): Commit {
  check(row.length <= fieldCount, `it has ${row.length} fields, there are ${fieldCount}`)
  const [events, state, timers, sender, sent, arrived, handled, replies] = row
  return {
    ...(isGiven(events) && { events: rowsOf(events, 'events').map(eventOf) }),
    ...(isGiven(state) && { state: stateOf(rowOf(state, 'the state')) }),
    ...(isGiven(timers) && { timers: rowsOf(timers, 'timers').map(timerOf) }),
    ...(isGiven(sender) && { sender: textOf(sender, 'the sender') }),
    ...(isGiven(sent) && { sent: rowsOf(sent, 'letters').map(letterOf) }),
    ...(isGiven(arrived) && { arrived: rowsOf(arrived, 'what arrived').map(arrivedOf) }),
    ...(isGiven(handled) && { handled: rowsOf(handled, 'what was handled').map(handledOf) }),
    ...(isGiven(replies) && { replies: rowsOf(replies, 'replies').map(replyOf) }),
  }
}

function eventOf(row: Row): JournalEvent {
  check(row.length === 3, 'an event has a name, a payload and a version')
  return [textOf(row[0], 'the name of an event'), row[1], countOf(row[2], 'the version of an event')]
}

function stateOf(row: Row): NonNullable<Commit['state']> {
  check(row.length === 2, 'a state has a version and its data')
  return { version: countOf(row[0], 'the version of the state'), data: row[1] }
}

function timerOf(row: Row): TimerChange {
  const key = textOf(row[0], 'the key of a timer')
  if (row.length === 1) return { key }
  check(row.length === 6, 'a timer has a key, a name, a payload, its times and how it catches up')
  const periodMs = row[4] === null ? undefined : timeOf(row[4], 'the period of a timer')
  return {
    key,
    name: textOf(row[1], 'the name of a timer'),
    payload: row[2],
    dueMs: timeOf(row[3], 'the time of a timer'),
    periodMs,
    catchUp: catchUpOf(row[5]),
  }
}

function letterOf(row: Row): Letter {
  check(row.length === 4, 'a letter has a receiver, a number, a name and a payload')
  return {
    to: textOf(row[0], 'the receiver of a letter'),
    number: countOf(row[1], 'the number of a letter'),
    name: textOf(row[2], 'the name of a letter'),
    payload: row[3],
  }
}

function arrivedOf(row: Row): NonNullable<Commit['arrived']>[number] {
  check(row.length === 2, 'what arrived has a receiver and a number')
  return [textOf(row[0], 'a receiver'), countOf(row[1], 'the number that arrived')]
}

function handledOf(row: Row): NonNullable<Commit['handled']>[number] {
  check(row.length === 3, 'what was handled has a sender, its name and a number')
  return [textOf(row[0], 'a sender'), textOf(row[1], 'the name of a sender'), countOf(row[2], 'a number')]
}

function replyOf(row: Row): NonNullable<Commit['replies']>[number] {
  check(row.length === 1 || row.length === 2, 'a reply has a key and what it says')
  const key = textOf(row[0], 'the key of a reply')
  return row.length === 1 ? [key] : [key, row[1]]
}

function isGiven(field: unknown): boolean {
  return field !== undefined && field !== null
}

function rowsOf(value: unknown, what: string): Row[] {
  return rowOf(value, what).map((row) => rowOf(row, what))
}

function rowOf(value: unknown, what: string): Row {
  check(Array.isArray(value), `${what}: a list was expected`)
  return value
}

function textOf(value: unknown, what: string): string {
  check(typeof value === 'string', `${what} is no text`)
  return value
}

/** A version or a number of something. */
function countOf(value: unknown, what: string): number {
  check(Number.isSafeInteger(value) && (value as number) >= 0, `${what} is no whole number from 0 up`)
  return value as number
}

function timeOf(value: unknown, what: string): number {
  check(typeof value === 'number' && value >= 0 && value < Infinity, `${what} is no time`)
  return value
}

function catchUpOf(value: unknown): CatchUp {
  check(value === 'skip' || value === 'once' || value === 'each', 'a timer catches up by skip, once or each')
  return value
}

function check(condition: boolean, flaw: string): asserts condition {
  if (!condition) throw new Error(flaw)
}
