// The start of a node: its options checked, the contracts of the real world, its journal, definitions and threads.
import { Fault } from '../runtime/fault.ts'
import { Node } from './node.ts'
import { SystemClock } from './system-clock.ts'
import { SystemRandom } from './system-random.ts'
import type { Clock } from '../runtime/clock.ts'
import type { NodeContracts, NodeOptions } from './node.ts'
import type { Threads } from '../runtime/threads.ts'

/**
 * Starts a node.
 * @throws {Fault} `option-unknown` `name-invalid`
 * @throws {Fault} `folder-locked` `journal-foreign` `journal-newer` `journal-damaged` `disk-failed` from `journal`
 * @throws {Fault} `file-unloadable` `file-empty` `definition-taken` from `load`
 * @example
 * await using node = await startNode({ name: 'amsterdam' })
 */
export async function startNode(options: NodeOptions = {}): Promise<Node> {
  checkOptions(options)
  const clock = new SystemClock()
  const threads =
    options.threads === undefined || options.threads === 0 ? {} : { threads: await systemThreads(clock) }
  const name = options.name ?? 'local'
  const journal = options.journal === undefined ? {} : await systemJournal(options.journal, { name, clock })
  const node = await made(options, { clock, random: new SystemRandom(), ...threads, ...journal })
  try {
    for (const file of options.load ?? []) await node.definitions.load(file)
    await node.openThreads()
  } catch (fault) {
    await node.stop()
    throw fault
  }
  return node
}

async function made(options: NodeOptions, contracts: NodeContracts): Promise<Node> {
  try {
    return new Node(options, contracts)
  } catch (fault) {
    await contracts.journal?.close()
    throw fault
  }
}

/** Loaded only by nodes that have some. */
async function systemThreads(clock: Clock): Promise<Threads> {
  const { SystemThreads } = await import('./threads/system-threads.ts')
  return new SystemThreads({ clock })
}

/** Loaded only by nodes that have one. @throws {Fault} those of `openJournal` */
export async function systemJournal(
  folder: string,
  node: {
    readonly name: string
    readonly clock: Clock
    readonly progress?: (done: number, all: number) => void
  },
): Promise<Pick<NodeContracts, 'journal' | 'journalUpkeep'>> {
  const { openSystemJournal } = await import('./journal/system-journal.ts')
  const journal = await openSystemJournal(folder, node)
  return { journal, journalUpkeep: journal }
}

const optionNames: readonly string[] = [
  'name',
  'load',
  'strict',
  'threads',
  'threadStallMs',
  'threadHeapMiBMax',
  'journal',
  'quarantine',
  'residentMax',
] satisfies (keyof NodeOptions)[]

function checkOptions(options: object): void {
  for (const key of Object.keys(options)) {
    if (optionNames.includes(key)) continue
    throw new Fault('option-unknown', `Cannot start a node: there is no option "${key}"`, {
      hint: `Use one of: ${optionNames.join(', ')}.`,
    })
  }
}
