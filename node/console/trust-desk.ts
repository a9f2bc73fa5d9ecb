// A trust desk: what the tasks on a node's keys need of the world, and how they come by a passphrase and by a token.
import { AddressBook } from '../cluster/address-book.ts'
import { callDesk } from '../cluster/call-desk.ts'
import { Fault } from '../../runtime/fault.ts'
import { linesOf } from './lines.ts'
import { OwnAddresses } from '../cluster/own-addresses.ts'
import { passphraseFrom } from '../trust/passphrase.ts'
import { passphraseVariable } from './cluster-input.ts'
import { resolve } from 'node:path'
import { SystemDisk } from '../system-disk.ts'
import { SystemDurableDisk } from '../system-durable-disk.ts'
import { SystemPathGuard } from '../trust/path-guard.ts'
import { tokenCharactersMax } from '../trust/join-token.ts'
import { writePassphrase } from '../trust/passphrase-file.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Disk, DurableDisk } from '../../runtime/disk.ts'
import type { JoinToken } from '../trust/join-token.ts'
import type { OpenCall } from '../cluster/call-desk.ts'
import type { PathGuard } from '../trust/path-guard.ts'
import type { TrustVerbOptions } from '../trust/cluster-verbs.ts'

export interface TrustDesk {
  readonly disk: Disk
  readonly durableDisk: DurableDisk
  readonly guard: PathGuard
  readonly clock: Clock
  /** What is on the pipe. */
  readonly input: AsyncIterable<Uint8Array | string>
  /** The file that holds the passphrase where a task names none. */
  readonly passphraseFile: string | undefined
  call(token: JoinToken): Promise<OpenCall>
  /** Of folders that are made: see `scryptPowerDefault`. */
  readonly scryptPower?: number
}

/** The real one. */
export function systemTrustDesk(
  clock: Clock,
  {
    stdin,
    env,
  }: {
    readonly stdin: AsyncIterable<Uint8Array | string>
    readonly env: Readonly<Record<string, string | undefined>>
  },
): TrustDesk {
  const { [passphraseVariable]: passphraseFile } = env
  return {
    disk: new SystemDisk(),
    durableDisk: new SystemDurableDisk(),
    guard: new SystemPathGuard(),
    clock,
    input: stdin,
    passphraseFile: passphraseFile === '' ? undefined : passphraseFile,
    call: (token) => callDesk(token, clock),
  }
}

/** How a task is told the passphrase. */
export interface KeyInput {
  readonly passphraseFile: string | undefined
}

/** The same for a task that may make one. */
export interface NewKeyInput extends KeyInput {
  readonly makePassphrase: string | undefined
}

/** What opens a folder of keys. @throws {Fault} `passphrase-invalid` `key-exposed` `file-unreadable` */
export async function keyOptions(desk: TrustDesk, input: KeyInput): Promise<TrustVerbOptions> {
  const { disk, durableDisk, guard, clock, scryptPower } = desk
  const passphraseFile = input.passphraseFile ?? desk.passphraseFile
  const passphrase = await passphraseFrom({ passphraseFile }, disk, guard)
  return { disk: durableDisk, guard, clock, passphrase, scryptPower }
}

/**
 * The same, with a passphrase that is made if that was asked for; its file is gone again where the task comes to nothing.
 * @throws {Fault} `argument-invalid` both were asked for · `disk-failed` there is such a file
 */
export async function withNewKey<T>(
  desk: TrustDesk,
  input: NewKeyInput,
  run: (options: TrustVerbOptions) => Promise<T>,
): Promise<T> {
  const { makePassphrase: made, passphraseFile } = input
  if (made === undefined) return await run(await keyOptions(desk, input))
  if (passphraseFile !== undefined) throw bothGiven()
  const { durableDisk, guard, clock, scryptPower } = desk
  const file = resolve(made)
  const passphrase = await writePassphrase(file, durableDisk)
  try {
    return await run({ disk: durableDisk, guard, clock, passphrase, scryptPower })
  } catch (fault) {
    await durableDisk.remove(file)
    throw fault
  }
}

export interface TokenInput {
  readonly token: string | undefined
  readonly tokenFile: string | undefined
}

/** The text of a token: from the command line, a file or, for `-`, the pipe. @throws {Fault} `argument-missing` `file-unreadable` */
export async function tokenFrom(desk: TrustDesk, { token, tokenFile }: TokenInput): Promise<string> {
  if ((token === undefined) === (tokenFile === undefined)) throw oneToken()
  if (tokenFile !== undefined) return (await desk.disk.read(tokenFile, tokenCharactersMax * 2)).trim()
  if (token !== '-') return token ?? ''
  for await (const line of linesOf(desk.input)) if (line.trim() !== '') return line.trim()
  throw oneToken()
}

/** The nodes that the node of a folder has spoken with. */
export async function bookOf(desk: TrustDesk, folder: string): Promise<AddressBook> {
  const book = new AddressBook(desk.disk, `${folder}/peers.json`)
  await book.open()
  return book
}

/** Where the node of a folder was reached last. */
export async function addressesOf(desk: TrustDesk, folder: string): Promise<string[]> {
  return await new OwnAddresses(desk.disk, `${folder}/addresses.json`).read()
}

function bothGiven(): Fault {
  return new Fault(
    'argument-invalid',
    'Cannot use the passphrase: one is to be made, and a file with one is given',
    {
      hint: 'Give --make-passphrase for a new one, or --passphrase-file for one that is there.',
    },
  )
}

function oneToken(): Fault {
  return new Fault('argument-missing', 'Cannot join: it takes one token', {
    hint: 'Give it as an argument, in a file with --token-file FILE, or on the pipe with -.',
  })
}
