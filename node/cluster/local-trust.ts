// The trust of local nodes: a cluster founded in a folder, with one folder and one set of keys for each of its nodes.
import { callDesk } from './call-desk.ts'
import { Fault } from '../../runtime/fault.ts'
import { foundCluster, joinCluster, makeToken } from '../trust/cluster-verbs.ts'
import { OwnAddresses } from './own-addresses.ts'
import { passphraseFrom } from '../trust/passphrase.ts'
import { scryptPowerBounds } from '../trust/seal.ts'
import { SystemDisk } from '../system-disk.ts'
import { SystemDurableDisk } from '../system-durable-disk.ts'
import { SystemPathGuard } from '../trust/path-guard.ts'
import { writePassphrase } from '../trust/passphrase-file.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { TrustVerbOptions } from '../trust/cluster-verbs.ts'

export class LocalTrust {
  readonly #folder: string
  readonly #options: TrustVerbOptions

  private constructor(folder: string, options: TrustVerbOptions) {
    this.#folder = folder
    this.#options = options
  }

  /** Uses the passphrase in the folder, or makes one. @throws {Fault} `passphrase-invalid` `key-exposed` `disk-failed` */
  static async open(folder: string, clock: Clock): Promise<LocalTrust> {
    const disk = new SystemDurableDisk()
    const guard = new SystemPathGuard()
    await disk.makeFolder(folder)
    const file = passphraseFileIn(folder)
    const isThere = (await disk.names(folder)).includes(passphraseName)
    const passphrase = isThere
      ? await passphraseFrom({ passphraseFile: file }, new SystemDisk(), guard)
      : await writePassphrase(file, disk)
    // Nobody guesses 160 random bits: to make each guess dear would only make each start slow.
    return new LocalTrust(folder, { disk, guard, clock, passphrase, scryptPower: scryptPowerBounds[0] })
  }

  /** Whether a node has its certificate. */
  async has(name: string): Promise<boolean> {
    try {
      return (await this.#options.disk.names(this.#pathOf(name))).includes('leaf.sealed')
    } catch {
      return false
    }
  }

  /** The first node: it has the authority's key. @throws {Fault} those of `foundCluster` */
  async found(name: string): Promise<void> {
    await foundCluster(this.#pathOf(name), this.#options)
  }

  /** Another node, by a token of the first, which has to be up. @throws {Fault} those of `makeToken` and `joinCluster` */
  async join(name: string, first: string): Promise<void> {
    const addresses = await this.addresses(first)
    const token = await makeToken(this.#pathOf(first), { ...this.#options, addresses })
    const call = (read: Parameters<typeof callDesk>[0]): ReturnType<typeof callDesk> =>
      callDesk(read, this.#options.clock)
    await joinCluster(this.#pathOf(name), token, { ...this.#options, call })
  }

  /** Where a node was reached last. */
  async addresses(name: string): Promise<string[]> {
    return await new OwnAddresses(new SystemDisk(), `${this.#folder}/${name}/addresses.json`).read()
  }

  #pathOf(name: string): string {
    return `${this.#folder}/${name}/trust`
  }
}

const passphraseName = 'passphrase'

export function passphraseFileIn(folder: string): string {
  return `${folder}/${passphraseName}`
}

/** @throws {Fault} `node-unknown` */
export function checkLocalName(name: string, names: readonly string[]): void {
  if (names.includes(name)) return
  throw new Fault('node-unknown', `Cannot find the local node "${name}": there are ${names.join(', ')}`, {
    hint: 'Name one of these.',
  })
}
