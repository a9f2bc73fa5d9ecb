// Local nodes: a whole cluster on this machine, each node a process of its own, for trying things out; what `troupe up` runs.
import { checkLocalName, LocalTrust, passphraseFileIn } from './local-trust.ts'
import { Fault } from '../../runtime/fault.ts'
import { LocalProcess } from './local-process.ts'
import { SystemDurableDisk } from '../system-durable-disk.ts'
import { tmpdir } from 'node:os'
import { toHex } from '../../transports/libp2p/identity/byte-text.ts'
import { secretBytes } from '../../transports/libp2p/identity/keys.ts'
import type { CancelSignal } from '../../runtime/cancel-signal.ts'
import type { Clock } from '../../runtime/clock.ts'

/** Nodes of one `troupe up`. */
export const localNodesMax = 20

export interface LocalNodesOptions {
  readonly clock: Clock
  /** Where everything is kept, and stays; default a folder that is gone at the end. */
  readonly folder?: string
  /** More words for the command line of a node, such as `--load FILE`. */
  words?(name: string): readonly string[]
  /** Aborted when nobody wants them any more: a start that is under way ends. */
  readonly signal?: CancelSignal
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Hears each line that a node writes. */
  heard?(name: string, stream: 'out' | 'err', line: string): void
  /** A node has another status. */
  changed?(node: LocalNode): void
}

/** `off` it was never started, was stopped or killed, or has ended by itself. */
export type LocalStatus = 'off' | 'starting' | 'up'

export interface LocalNode {
  readonly name: string
  /** With its keys, its part of the council and the addresses of the others. */
  readonly folder: string
  readonly status: LocalStatus
  readonly pid: number | undefined
  /** How it has ended: `code 0`, `SIGKILL`. */
  readonly end: string | undefined
}

/**
 * Founds a cluster of `n1`, `n2` and so on, or takes up the one in the folder, and starts all its nodes. All are up when this resolves.
 * @throws {Fault} `argument-invalid` `local-failed` · those of keys and tokens; nothing is left then
 */
export async function startLocalNodes(count: number, options: LocalNodesOptions): Promise<LocalNodes> {
  if (!Number.isInteger(count) || count < 1 || count > localNodesMax) throw tooMany(count)
  const nodes = await LocalNodes.open(count, options)
  const { signal } = options
  const abort = (): void => void nodes.stop()
  signal?.addEventListener('abort', abort)
  try {
    await nodes.startAll()
    return nodes
  } catch (fault) {
    await nodes.stop()
    throw fault
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}

/** What one more node has to be started with. */
export interface Admission {
  readonly folder: string
  readonly passphraseFile: string
  readonly seeds: readonly string[]
}

interface Slot {
  readonly name: string
  readonly folder: string
  status: LocalStatus
  process: LocalProcess | undefined
}

export class LocalNodes implements AsyncDisposable {
  readonly folder: string
  readonly #options: LocalNodesOptions
  readonly #trust: LocalTrust
  readonly #slots: readonly Slot[]
  #stopped: Promise<void> | undefined = undefined

  private constructor(folder: string, trust: LocalTrust, { count, ...options }: Sized) {
    this.folder = folder
    this.#trust = trust
    this.#options = options
    this.#slots = Array.from({ length: count }, (_, index) => ({
      name: `n${index + 1}`,
      folder: `${folder}/n${index + 1}`,
      status: 'off',
      process: undefined,
    }))
  }

  /** Made by `startLocalNodes`. */
  static async open(count: number, options: LocalNodesOptions): Promise<LocalNodes> {
    const folder = options.folder ?? `${tmpdir()}/troupe-up-${toHex(secretBytes(8))}`
    const trust = await LocalTrust.open(folder, options.clock)
    return new LocalNodes(folder, trust, { count, ...options })
  }

  get nodes(): readonly LocalNode[] {
    return this.#slots.map(shown)
  }

  /** Those that have keys first, all at once: more than half of them have to be there for any to be up. Then the others join. */
  async startAll(): Promise<void> {
    const [first] = this.#slots
    if (first === undefined) return
    if (!(await this.#trust.has(first.name))) await this.#trust.found(first.name)
    const settled = await Promise.all(this.#slots.map(({ name }) => this.#trust.has(name)))
    await Promise.all(this.#slots.filter((_, index) => settled[index]).map((slot) => this.#start(slot)))
    const joining = this.#slots.filter((_, index) => !settled[index])
    for (const { name } of joining) await this.#trust.join(name, first.name)
    await Promise.all(joining.map((slot) => this.#start(slot)))
  }

  /** Starts a node that is off, and waits until it is up. @throws {Fault} `node-unknown` `local-failed` */
  async start(name: string): Promise<void> {
    await this.#start(this.#slot(name))
  }

  /** Runs a line of the console on a node; only for commands with one answer. @returns its envelope, as JSON @throws {Fault} `local-failed` `node-unknown` */
  async run(name: string, line: string): Promise<string> {
    const { process } = this.#slot(name)
    if (process === undefined) throw isOff(name)
    return await process.run(line)
  }

  /** As `kill -9` does; resolves once it is gone. @throws {Fault} `node-unknown` */
  async kill(name: string): Promise<void> {
    await this.#slot(name).process?.kill()
  }

  /** Makes keys for one more node, which somebody else runs. The first one has to be up. @throws {Fault} those of tokens */
  async admit(name: string): Promise<Admission> {
    const [first] = this.#slots
    const founder = first?.name ?? name
    if (!(await this.#trust.has(name))) await this.#trust.join(name, founder)
    const passphraseFile = passphraseFileIn(this.folder)
    return { folder: `${this.folder}/${name}`, passphraseFile, seeds: await this.#trust.addresses(founder) }
  }

  /** Ends all nodes kindly, and what there is of them on the disk if it is not to be kept. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #stop(): Promise<void> {
    await Promise.all(this.#slots.map(async ({ process }) => await process?.stop()))
    if (this.#options.folder === undefined) await new SystemDurableDisk().remove(this.folder)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #start(slot: Slot): Promise<void> {
    if (this.#stopped !== undefined) throw isOff(slot.name)
    if (slot.process !== undefined && !slot.process.isOver) return await slot.process.up()
    const { clock, env, heard } = this.#options
    const [first] = this.#slots
    const seeds = first === undefined || first === slot ? [] : await this.#trust.addresses(first.name)
    const process: LocalProcess = new LocalProcess({
      name: slot.name,
      words: [...this.#words(slot), ...seeds.flatMap((address) => ['--seed', address])],
      clock,
      ...(env === undefined ? {} : { env }),
      heard: (stream, line) => heard?.(slot.name, stream, line),
      ended: () => this.#turn(slot, 'off'),
    })
    slot.process = process
    this.#turn(slot, 'starting')
    await process.up()
    this.#turn(slot, 'up')
  }

  #words({ name, folder }: Slot): string[] {
    const passphrase = ['--passphrase-file', passphraseFileIn(this.folder)]
    return ['--cluster', folder, '--name', name, ...passphrase, ...(this.#options.words?.(name) ?? [])]
  }

  #turn(slot: Slot, status: LocalStatus): void {
    slot.status = status
    this.#options.changed?.(shown(slot))
  }

  #slot(name: string): Slot {
    const names = this.#slots.map((slot) => slot.name)
    checkLocalName(name, names)
    return this.#slots[names.indexOf(name)] as Slot
  }
}

interface Sized extends LocalNodesOptions {
  readonly count: number
}

function shown({ name, folder, status, process }: Slot): LocalNode {
  return { name, folder, status, pid: process?.isOver === false ? process.pid : undefined, end: process?.end }
}

function isOff(name: string): Fault {
  return new Fault('local-failed', `Cannot use the local node "${name}": it was not started`, {
    hint: 'Start it.',
  })
}

function tooMany(count: number): Fault {
  return new Fault(
    'argument-invalid',
    `Cannot start ${count} local nodes: 1 to ${localNodesMax} are possible`,
    {
      hint: `Give a whole number from 1 to ${localNodesMax}.`,
    },
  )
}
