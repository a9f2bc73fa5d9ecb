// A passphrase: what the key of a trust folder is derived from, given by a program or in a file of the operator.
import { Fault } from '../../runtime/fault.ts'
import { toBase64 } from '../../transports/libp2p/identity/byte-text.ts'
import { secretBytes } from '../../transports/libp2p/identity/keys.ts'
import type { Disk } from '../../runtime/disk.ts'
import type { PathGuard } from './path-guard.ts'

/** Fewer characters are guessed. */
export const passphraseCharactersMin = 12
export const passphraseCharactersMax = 1_024

/** One of both. */
export interface PassphraseOptions {
  readonly passphrase?: string | undefined
  /** Its first line is the passphrase; others must not be able to read it. It may be a link. */
  readonly passphraseFile?: string | undefined
}

/** @throws {Fault} `passphrase-invalid` none, both, or too short · `key-exposed` · `file-unreadable` */
export async function passphraseFrom(
  options: PassphraseOptions,
  disk: Disk,
  guard: PathGuard,
): Promise<string> {
  const { passphrase, passphraseFile } = options
  if ((passphrase === undefined) === (passphraseFile === undefined)) {
    throw invalid('it takes either the passphrase or a file with it')
  }
  const given = passphrase ?? (await readPassphrase(passphraseFile ?? '', disk, guard))
  checkPassphrase(given)
  return given
}

/** @throws {Fault} `passphrase-invalid` */
export function checkPassphrase(text: string): void {
  const isFit = text.length >= passphraseCharactersMin && text.length <= passphraseCharactersMax
  if (!isFit) {
    throw invalid(
      `it has ${text.length} characters, not ${passphraseCharactersMin} to ${passphraseCharactersMax}`,
    )
  }
}

/** One that nobody can guess: 160 random bits. */
export function makePassphrase(): string {
  return toBase64(secretBytes(20), 'base64url')
}

async function readPassphrase(path: string, disk: Disk, guard: PathGuard): Promise<string> {
  await guard.check(path, 'secret')
  const text = await disk.read(path, passphraseCharactersMax * 4)
  return /^[^\r\n]*/.exec(text)?.[0] ?? ''
}

function invalid(reason: string): Fault {
  return new Fault('passphrase-invalid', `Cannot use the passphrase: ${reason}`, {
    hint: 'Give one with "--passphrase-file FILE", at best random: head -c 20 /dev/urandom | base64 > FILE.',
  })
}
