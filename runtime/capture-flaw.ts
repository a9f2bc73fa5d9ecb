// The flaw of a capture: what keeps a subtree from moving, found before anything is paused.
import { Fault } from './fault.ts'
import { subtree } from './quiesce.ts'
import { ticksOf } from './tick.ts'
import type { Cell, Host } from './cell.ts'
import type { Envelope } from './envelope.ts'

/** Levels of containers around a payload in what is captured; the codec counts them too. */
const levelsAround = 5

/**
 * Why an actor and all below it cannot move; undefined if they can.
 * @returns `move-refused` a definition says `moves: false` · `state-unmovable` something an actor has is not data; names what and where
 */
export function captureFlaw(root: Cell): Fault | undefined {
  return pinFlaw(root) ?? dataFlaw(root)
}

/** Whether somebody's definition keeps the subtree where it is. */
export function pinFlaw(root: Cell): Fault | undefined {
  const pinned = subtree(root).find((cell) => cell.definition.spec.moves === false)
  return pinned === undefined ? undefined : pinnedFault(root, pinned)
}

/** Whether all that somebody has is data. Looks at each value, which of large states is dear. */
export function dataFlaw(root: Cell): Fault | undefined {
  for (const cell of subtree(root)) {
    const flaw = cellFlaw(cell)
    if (flaw !== undefined) return unmovableFault(root, cell, flaw)
  }
  return undefined
}

interface Flaw {
  readonly path: string
  readonly what: string
}

function cellFlaw(cell: Cell): Flaw | undefined {
  const { host } = cell
  const flaw =
    flawAt(host, '$.state', cell.state) ??
    (cell.args.length === 0 ? undefined : flawAt(host, '$.args', cell.args))
  if (flaw !== undefined) return flaw
  for (const tick of ticksOf(cell)) {
    const { key, payload } = tick.capture(0)
    const found = flawAt(host, `$.timers[${JSON.stringify(key)}].payload`, payload)
    if (found !== undefined) return found
  }
  return (
    mailFlaw(host, '$.mailbox', cell.mailbox.peek(cell.mailbox.count)) ??
    mailFlaw(host, '$.stash', cell.rareIfAny?.stash ?? [])
  )
}

function mailFlaw(host: Host, at: string, mail: readonly Envelope[]): Flaw | undefined {
  for (const [index, envelope] of mail.entries()) {
    const flaw = flawAt(host, `${at}[${index}].payload`, envelope.payload)
    if (flaw !== undefined) return flaw
  }
  return undefined
}

/** Looks at a value as deep down as it will stand. */
function flawAt(host: Host, at: string, value: unknown): Flaw | undefined {
  if (typeof value === 'number' || typeof value === 'boolean' || value === undefined) return undefined
  let wrapped = value
  for (let level = 0; level < levelsAround; level++) wrapped = [wrapped]
  const flaw = host.flawOf(wrapped)
  return flaw === undefined
    ? undefined
    : { path: at + flaw.path.slice(1 + '[0]'.length * levelsAround), what: flaw.what }
}

function pinnedFault(root: Cell, cell: Cell): Fault {
  const who = cell === root ? 'it' : `"${cell.path}" below it`
  return new Fault(
    'move-refused',
    `Cannot move "${root.path}": ${who} is a "${cell.definition.name}", which does not move`,
    {
      hint: 'Leave it where it is, or take moves: false out of its definition.',
      details: { path: cell.path, definition: cell.definition.name },
    },
  )
}

function unmovableFault(root: Cell, cell: Cell, { path, what }: Flaw): Fault {
  return new Fault('state-unmovable', `Cannot move "${root.path}": ${path} of "${cell.path}" is ${what}`, {
    hint: 'Keep plain data, Map, Set, Date, bytes and refs in the state; make the rest anew where it is needed.',
    details: { path: cell.path, property: path },
  })
}
