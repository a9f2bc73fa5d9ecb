// The bare limit: the least that a kernel on one thread has to do, so that the price of all else can be seen.
import type { Cell } from './cell.ts'

/** Messages of one turn, as in the real scheduler. */
const turnMessagesMax = 32
/** Milliseconds that the pump runs before the event loop has its share, as in the real scheduler. */
const pumpMsMax = 0.25
/** Messages between two looks at the clock while messages are cheap. */
const checkMessagesMax = 32

// One pump for the process: plain variables of a module are the fastest home that state can have.
let first: Cell | undefined
let last: Cell | undefined
let isArmed = false
let mustYield = false
let pumpStartMs = 0
let checkedMs = 0
let checkEvery = checkMessagesMax
let untilCheck = checkMessagesMax
let crashed: (cell: Cell, message: unknown, error: unknown) => void = (_cell, _message, error) => {
  throw error
}

/**
 * Puts a message into a mailbox. It keeps what no kernel can do without, which is order and fairness: a run queue, short turns, a pump
 * that yields. It has no tree to stop, no bounds, counters, deadlines, names, senders, dead letters or events.
 * @param message anything but undefined
 */
export function tell(cell: Cell, message: unknown): void {
  if (cell.isQueued) {
    cell.push(message)
    return
  }
  cell.slot = message
  enqueue(cell)
  if (!isArmed) arm()
}

/** Decides what happens when a behaviour throws: until it is called, the process ends. */
export function onCrash(decide: typeof crashed): void {
  crashed = decide
}

function enqueue(cell: Cell): void {
  cell.isQueued = true
  if (last === undefined) first = cell
  else last.runNext = cell
  last = cell
}

function arm(): void {
  isArmed = true
  if (mustYield) setImmediate(nextPump)
  else queueMicrotask(pump)
}

function nextPump(): void {
  pumpStartMs = checkedMs = performance.now()
  untilCheck = checkEvery
  mustYield = false
  pump()
}

function pump(): void {
  for (let cell = first; cell !== undefined; cell = first) {
    first = cell.runNext
    if (first === undefined) last = undefined
    cell.runNext = undefined
    untilCheck -= takeTurn(cell, Math.min(untilCheck, turnMessagesMax))
    if (cell.head === cell.tail) cell.isQueued = false
    else enqueue(cell)
    if (untilCheck > 0) continue
    check()
    if (mustYield && first !== undefined) {
      setImmediate(nextPump)
      return
    }
  }
  isArmed = false
}

/** Handles at most `budget` messages; says how many. */
function takeTurn(cell: Cell, budget: number): number {
  let count = 0
  let message = cell.slot
  cell.slot = undefined
  try {
    if (message !== undefined) {
      count++
      cell.behaviour.receive(message, cell)
    }
    while (cell.head !== cell.tail && count < budget) {
      count++
      message = cell.shift()
      cell.behaviour.receive(message, cell)
    }
  } catch (error) {
    crashed(cell, message, error)
  }
  return count
}

function check(): void {
  const before = checkedMs
  checkedMs = performance.now()
  const eachMs = (checkedMs - before) / checkEvery
  const affordable = eachMs > 0 ? Math.floor(pumpMsMax / 4 / eachMs) : checkMessagesMax
  checkEvery = Math.max(1, Math.min(checkMessagesMax, affordable))
  untilCheck = checkEvery
  mustYield = checkedMs - pumpStartMs >= pumpMsMax
}
