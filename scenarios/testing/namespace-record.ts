// A namespace record: what a run has made on this machine, written down before it is made, so that it is taken away also when the run has died.
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Names of devices and namespaces; Linux takes 15 characters for a device. */
export interface NamespaceNames {
  readonly hosts: readonly string[]
  /** The bridge's end of each host's cable. */
  readonly links: readonly string[]
  readonly bridge: string
  /** Where goes what is dropped. */
  readonly sink: string
  readonly sinkEnd: string
}

interface Kept {
  /** Whose run it is. */
  readonly pid: number
  readonly names: NamespaceNames
}

const command = promisify(execFile)
const folder = join(tmpdir(), 'troupe-namespaces')

export class NamespaceRecord {
  readonly names: NamespaceNames
  /** Where the run keeps its files; it goes with the rest. */
  readonly folder: string
  readonly #file: string

  private constructor(names: NamespaceNames, file: string) {
    this.names = names
    this.#file = file
    this.folder = file.replace(/\.json$/, '')
  }

  /** Draws names that nobody has, and writes them down. */
  static async begin(count: number): Promise<NamespaceRecord> {
    const prefix = `tr${randomUUID().slice(0, 8)}`
    const numbers = Array.from({ length: count }, (_, index) => index + 1)
    const names: NamespaceNames = {
      hosts: numbers.map((number) => `${prefix}h${number}`),
      links: numbers.map((number) => `${prefix}v${number}`),
      bridge: `${prefix}b`,
      sink: `${prefix}x`,
      sinkEnd: `${prefix}y`,
    }
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const file = join(folder, `${prefix}.json`)
    await writeFile(file, JSON.stringify({ pid: process.pid, names } satisfies Kept), { mode: 0o600 })
    const record = new NamespaceRecord(names, file)
    await mkdir(record.folder, { mode: 0o700 })
    return record
  }

  /** Takes away what runs have left whose process is gone. */
  static async reap(): Promise<void> {
    for (const name of await namesIn(folder)) {
      if (!name.endsWith('.json')) continue
      const file = join(folder, name)
      const kept = await read(file)
      if (kept !== undefined && !isAlive(kept.pid)) await new NamespaceRecord(kept.names, file).clear()
    }
  }

  /** Ends what still runs in these namespaces, and takes away all that the record names; what is not there is no trouble. */
  async clear(): Promise<void> {
    const { hosts, bridge, sink } = this.names
    for (const host of hosts) {
      const pids = await output('ip', ['netns', 'pids', host])
      for (const pid of pids.split('\n').filter(Boolean)) end(Number(pid))
      // The end of each cable that is in the namespace goes with it, and the other one too.
      await output('ip', ['netns', 'del', host])
    }
    for (const device of [sink, bridge]) await output('ip', ['link', 'del', device])
    await rm(this.folder, { recursive: true, force: true })
    await rm(this.#file, { force: true })
  }
}

async function output(program: string, words: readonly string[]): Promise<string> {
  try {
    return (await command(program, words)).stdout
  } catch {
    return ''
  }
}

async function namesIn(path: string): Promise<string[]> {
  try {
    return await readdir(path)
  } catch {
    return []
  }
}

async function read(file: string): Promise<Kept | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Kept
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
