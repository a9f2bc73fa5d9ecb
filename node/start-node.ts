// The start of a node: its options checked, the contracts of the real world, its journal, definitions and threads.
import { Fault } from '../runtime/fault.ts'
import { invariant } from '../runtime/invariant.ts'
import { Node } from './node.ts'
import { SystemClock } from './system-clock.ts'
import { SystemRandom } from './system-random.ts'
import type { Clock } from '../runtime/clock.ts'
import type { ClusterOptions } from './cluster/cluster-options.ts'
import type { NodeContracts, NodeOptions } from './node.ts'
import type { Threads } from '../runtime/threads.ts'

/**
 * Starts a node.
 * @throws {Fault} `option-unknown` `name-invalid`
 * @throws {Fault} `folder-locked` `journal-foreign` `journal-newer` `journal-damaged` `disk-failed` from `journal`
 * @throws {Fault} `file-unloadable` `file-empty` `definition-taken` from `load`
 * @throws {Fault} `trust-missing` `passphrase-wrong` `address-unusable` `cluster-unreachable` `name-taken` from `cluster`
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
    if (options.cluster !== undefined) await enterCluster(node, options.cluster, clock)
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

/** Loaded only by nodes that are in one. @throws {Fault} those of `openSystemCluster` */
export async function enterCluster(node: Node, options: ClusterOptions, clock: Clock): Promise<void> {
  const { openSystemCluster } = await import('./cluster/cluster-system.ts')
  const { fleet, runtime, definitions, name } = node
  invariant(fleet !== undefined, 'A node of a cluster has no fleet')
  const random = new SystemRandom()
  const isEntity = (path: string): boolean => node.entityKeeper.register.find(path) !== undefined
  const cluster = await openSystemCluster(options, {
    name,
    runtime,
    fleet,
    definitions,
    isEntity,
    clock,
    random,
  })
  node.enter(cluster)
  const { serveVerbs } = await import('./verbs/node-verb-desk.ts')
  serveVerbs(node, cluster)
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
  'cluster',
] satisfies (keyof NodeOptions)[]

function checkOptions(options: object): void {
  for (const key of Object.keys(options)) {
    if (optionNames.includes(key)) continue
    throw new Fault('option-unknown', `Cannot start a node: there is no option "${key}"`, {
      hint: `Use one of: ${optionNames.join(', ')}.`,
    })
  }
}
