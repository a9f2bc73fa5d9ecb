// A trust folder: the files of a node's identity, each sealed, each replaced whole and safe on the disk when it is.
import { Fault } from '../../runtime/fault.ts'
import { troubleOf } from '../../runtime/disk-fault.ts'
import { escapeText } from '../../runtime/escape.ts'
import { secretBytes } from '../../transports/libp2p/identity/keys.ts'
import { isClusterId } from '../../transports/libp2p/identity/node-name.ts'
import { field, readFields, textBytes, textField, writeFields } from './fields.ts'
import { checkBytes, damaged, saltBytes, Seal, scryptPowerBounds, scryptPowerDefault } from './seal.ts'
import { checkPassphrase } from './passphrase.ts'
import type { DiskFile, DiskLock, DurableDisk } from '../../runtime/disk.ts'
import type { PathGuard } from './path-guard.ts'
import type { SealRecipe } from './seal.ts'

export interface TrustFolderOptions {
  readonly disk: DurableDisk
  readonly guard: PathGuard
  /** See `passphraseFrom` for one in a file. */
  readonly passphrase: string
  /** Of a folder that is made: see `scryptPowerDefault`. */
  readonly scryptPower?: number | undefined
}

/** One file, sealed. */
export const trustFileBytesMax: number = 65_536

/**
 * Its names stand in folders one deep; the folder must be its owner's alone. A file that is written replaces the old one whole or not at
 * all. Two processes may write different names at once; the same name is for who has the lock.
 */
export class TrustFolder {
  readonly path: string
  readonly cluster: string
  readonly #disk: DurableDisk
  readonly #guard: PathGuard
  readonly #seal: Seal

  private constructor(path: string, cluster: string, seal: Seal, { disk, guard }: TrustFolderOptions) {
    this.path = path
    this.cluster = cluster
    this.#seal = seal
    this.#disk = disk
    this.#guard = guard
  }

  /**
   * Makes the folder of a node of that cluster.
   * @throws {Fault} `trust-taken` · `passphrase-invalid` · `key-exposed` · `disk-failed`
   */
  static async make(path: string, cluster: string, options: TrustFolderOptions): Promise<TrustFolder> {
    checkPassphrase(options.passphrase)
    const { disk, guard, scryptPower = scryptPowerDefault } = options
    await disk.makeFolder(path)
    await guard.check(path, 'folder')
    const recipe: SealRecipe = { cluster, salt: secretBytes(saltBytes), power: scryptPower }
    const seal = await Seal.derive(options.passphrase, recipe)
    const lock = await disk.lock(path)
    try {
      if ((await disk.names(path)).includes(headName)) throw taken(path)
      await put(disk, path, headName, writeHead(recipe, seal.check))
    } finally {
      await lock.release()
    }
    return new TrustFolder(path, cluster, seal, options)
  }

  /** @throws {Fault} `trust-missing` · `trust-damaged` · `passphrase-wrong` · `key-exposed` · `disk-failed` */
  static async open(path: string, options: TrustFolderOptions): Promise<TrustFolder> {
    const { disk, guard, passphrase } = options
    await guard.check(path, 'folder')
    await guard.check(`${path}/${headName}`, 'file')
    const bytes = await get(disk, `${path}/${headName}`)
    if (bytes === undefined) throw missing(path)
    const { recipe, check } = readHead(bytes)
    const seal = await Seal.derive(passphrase, recipe)
    if (!seal.hasCheck(check)) throw wrongPassphrase(path)
    return new TrustFolder(path, recipe.cluster, seal, options)
  }

  /** What is in a file; undefined if it is not there. @throws {Fault} `trust-damaged` · `key-exposed` · `disk-failed` */
  async read(name: string): Promise<Uint8Array | undefined> {
    const whole = `${this.path}/${name}${ending}`
    await this.#guard.check(whole, 'file')
    const sealed = await get(this.#disk, whole)
    return sealed === undefined ? undefined : this.#seal.open(name, sealed)
  }

  /** Safe on the disk when it returns. @throws {Fault} `key-exposed` · `disk-failed` */
  async write(name: string, bytes: Uint8Array): Promise<void> {
    const slash = name.lastIndexOf('/')
    const folder = slash === -1 ? this.path : `${this.path}/${name.slice(0, slash)}`
    if (slash !== -1) await this.#disk.makeFolder(folder)
    await this.#guard.check(folder, 'folder')
    await put(this.#disk, folder, `${name.slice(slash + 1)}${ending}`, this.#seal.close(name, bytes))
  }

  /** Does nothing if it is not there. */
  async remove(name: string): Promise<void> {
    try {
      await this.#disk.remove(`${this.path}/${name}${ending}`)
    } catch (error) {
      if (troubleOf(error) !== 'missing') throw error
    }
  }

  /** The names of the files in one of its folders, sorted, without what another process is about to write. */
  async names(folder: string): Promise<string[]> {
    try {
      const names = await this.#disk.names(`${this.path}/${folder}`)
      return names.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length))
    } catch (error) {
      if (troubleOf(error) === 'missing') return []
      throw error
    }
  }

  /** For who writes what others write too: a node while it runs, or while it joins. @throws {Fault} `folder-locked` */
  lock(): Promise<DiskLock> {
    return this.#disk.lock(this.path)
  }
}

const headName = 'cluster'
const headKind = 'troupe trust 1\n'
const ending = '.sealed'
const temporary = '.new'

function writeHead({ cluster, salt, power }: SealRecipe, check: Uint8Array): Uint8Array {
  return writeFields(
    headKind,
    new Map([
      [1, textBytes(cluster)],
      [2, salt],
      [3, Uint8Array.of(power)],
      [4, check],
    ]),
  )
}

function readHead(bytes: Uint8Array): { readonly recipe: SealRecipe; readonly check: Uint8Array } {
  try {
    const fields = readFields(headKind, bytes, trustFileBytesMax)
    const cluster = textField(fields, 1, 64)
    const [power = 0] = field(fields, 3, 1)
    const [min, max] = scryptPowerBounds
    if (!isClusterId(cluster) || power < min || power > max)
      throw damaged(headName, 'its values are out of bounds')
    return {
      recipe: { cluster, salt: field(fields, 2, saltBytes), power },
      check: field(fields, 4, checkBytes),
    }
  } catch (error) {
    if (Fault.is(error) && error.code === 'join-malformed') throw damaged(headName, error.message)
    throw error
  }
}

/** Beside it, safe, then in its place, safe. */
async function put(disk: DurableDisk, folder: string, name: string, bytes: Uint8Array): Promise<void> {
  const beside = `${folder}/${name}.${Buffer.from(secretBytes(8)).toString('hex')}${temporary}`
  const file = await disk.open(beside, 'create')
  try {
    await writeAll(file, bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  await disk.rename(beside, `${folder}/${name}`)
  await disk.syncFolder(folder)
}

async function writeAll(file: DiskFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.byteLength;) at += await file.write(bytes.subarray(at), at)
}

async function get(disk: DurableDisk, path: string): Promise<Uint8Array | undefined> {
  let file: DiskFile
  try {
    file = await disk.open(path, 'read')
  } catch (error) {
    if (troubleOf(error) === 'missing') return undefined
    throw error
  }
  try {
    const bytes = new Uint8Array(trustFileBytesMax + 1)
    const read = await file.read(bytes, 0)
    if (read > trustFileBytesMax) throw damaged(path, `it has more than ${trustFileBytesMax} bytes`)
    return bytes.slice(0, read)
  } finally {
    await file.close()
  }
}

function taken(path: string): Fault {
  return new Fault(
    'trust-taken',
    `Cannot begin a trust folder in "${escapeText(path, 300)}": there is one already`,
    {
      hint: 'Choose another folder, or move this one away if the node is to leave its cluster.',
      details: { path },
    },
  )
}

function missing(path: string): Fault {
  return new Fault(
    'trust-missing',
    `Cannot open the trust folder "${escapeText(path, 300)}": there is none`,
    {
      hint: 'Found a cluster with "cluster init", or join one with "cluster join TOKEN".',
      details: { path },
    },
  )
}

function wrongPassphrase(path: string): Fault {
  return new Fault(
    'passphrase-wrong',
    `Cannot open the trust folder "${escapeText(path, 300)}": it has another passphrase`,
    {
      hint: 'Give the passphrase it was made with; nothing can be read without it.',
      details: { path },
    },
  )
}
