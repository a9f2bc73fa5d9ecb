// A seal: what stands in the trust folder is encrypted and bound to its name, under a key that comes from the passphrase.
import { createCipheriv, createDecipheriv, hkdf, scrypt } from 'node:crypto'
import { isSameSecret, secretBytes } from '../../transports/libp2p/identity/keys.ts'
import { Fault } from '../../runtime/fault.ts'

/** How dear one guess of a passphrase is: 2 to this power, times 1 KiB of memory. */
export const scryptPowerDefault = 16
/** What a folder may ask for. */
export const scryptPowerBounds: readonly [number, number] = [12, 20]

const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16
export const saltBytes = 16
export const checkBytes = 16

/** What the key of a folder is made of, besides the passphrase. Stands in the open. */
export interface SealRecipe {
  readonly cluster: string
  readonly salt: Uint8Array
  /** Of scrypt: N is 2 to this power, r is 8, p is 1. */
  readonly power: number
}

/** Encrypts with AES-256-GCM. The key never leaves it. */
export class Seal {
  readonly #key: Uint8Array
  /** Tells a wrong passphrase from a damaged file; it says nothing about either. */
  readonly check: Uint8Array

  private constructor(key: Uint8Array, check: Uint8Array) {
    this.#key = key
    this.check = check
  }

  /** Takes a fraction of a second on purpose, on another thread. */
  static async derive(passphrase: string, recipe: SealRecipe): Promise<Seal> {
    const root = await scrypted(passphrase, recipe)
    const [key, check] = await Promise.all([
      expanded(root, `troupe trust files of ${recipe.cluster}`, keyBytes),
      expanded(root, `troupe trust check of ${recipe.cluster}`, checkBytes),
    ])
    return new Seal(key, check)
  }

  hasCheck(check: Uint8Array): boolean {
    return isSameSecret(this.check, check)
  }

  /** @param name of the file: under another name it cannot be opened */
  close(name: string, bytes: Uint8Array): Uint8Array {
    const nonce = secretBytes(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce)
    cipher.setAAD(Buffer.from(name))
    const hidden = [cipher.update(bytes), cipher.final()]
    return Uint8Array.from(Buffer.concat([nonce, ...hidden, cipher.getAuthTag()]))
  }

  /** @throws {Fault} `trust-damaged` it is not what was closed under that name, to the last bit */
  open(name: string, sealed: Uint8Array): Uint8Array {
    if (sealed.byteLength < nonceBytes + tagBytes) throw damaged(name, 'it is too short')
    const end = sealed.byteLength - tagBytes
    const decipher = createDecipheriv('aes-256-gcm', this.#key, sealed.subarray(0, nonceBytes), {
      authTagLength: tagBytes,
    })
    decipher.setAAD(Buffer.from(name))
    decipher.setAuthTag(sealed.subarray(end))
    try {
      const shown = decipher.update(sealed.subarray(nonceBytes, end))
      return Uint8Array.from(Buffer.concat([shown, decipher.final()]))
    } catch {
      throw damaged(name, 'its bytes are not those that were written under this name')
    }
  }
}

/** @param name of the file. @param reason how things stood */
export function damaged(name: string, reason: string): Fault {
  return new Fault('trust-damaged', `Cannot use "${name}" of the trust folder: ${reason}`, {
    hint: 'Put the folder back from a copy, or move it away and let the node join anew.',
    details: { name },
  })
}

function scrypted(passphrase: string, { salt, power }: SealRecipe): Promise<Buffer> {
  const N = 2 ** power
  const options = { N, r: 8, p: 1, maxmem: 2 * 1_024 * N }
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFC'), salt, keyBytes, options, (error, key) => {
      if (error === null) resolve(key)
      else reject(error)
    })
  })
}

function expanded(root: Uint8Array, info: string, bytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    hkdf('sha256', root, new Uint8Array(0), info, bytes, (error, key) => {
      if (error === null) resolve(new Uint8Array(key))
      else reject(error)
    })
  })
}
