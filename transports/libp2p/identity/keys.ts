// Keys: the pairs of ML-DSA-65 and Ed25519 that a node and an authority sign with, in the forms they are kept and sent in.
import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto'
import { Fault } from '../../../runtime/fault.ts'
import type { KeyObject } from 'node:crypto'

/** What a key signs with. */
export type KeyKind = 'ml-dsa-65' | 'ed25519'

/** The parts before the key itself of a public key in DER (SubjectPublicKeyInfo): with them its kind and length are known. */
const publicKeyHeads: Readonly<Record<KeyKind, Uint8Array>> = {
  'ml-dsa-65': Buffer.from('308207b2300b0609608648016503040312038207a100', 'hex'),
  ed25519: Buffer.from('302a300506032b6570032100', 'hex'),
}

const publicKeyBytes: Readonly<Record<KeyKind, number>> = { 'ml-dsa-65': 1_952, ed25519: 32 }

/** A private key that this process has. Its secret leaves by `pkcs8` only. */
export class PrivateKey {
  readonly kind: KeyKind
  /** The public key in DER (SubjectPublicKeyInfo). */
  readonly publicKey: Uint8Array
  readonly #key: KeyObject

  private constructor(key: KeyObject, kind: KeyKind) {
    this.#key = key
    this.kind = kind
    this.publicKey = Uint8Array.from(createPublicKey(key).export({ type: 'spki', format: 'der' }))
  }

  static make(kind: KeyKind): PrivateKey {
    const { privateKey } =
      kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ml-dsa-65')
    return new PrivateKey(privateKey, kind)
  }

  /** @throws {Fault} `key-unreadable` it is no private key of that kind */
  static read(pkcs8: Uint8Array, kind: KeyKind): PrivateKey {
    try {
      const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
      if (key.asymmetricKeyType === kind) return new PrivateKey(key, kind)
    } catch {
      // Told below; what OpenSSL says about it helps nobody.
    }
    throw new Fault('key-unreadable', `Cannot read the private key: it is no key of kind ${kind}`, {
      hint: 'Put the file back from a copy, or let the node join anew.',
    })
  }

  /** The private key in DER (PKCS #8). A secret. */
  pkcs8(): Uint8Array {
    return Uint8Array.from(this.#key.export({ type: 'pkcs8', format: 'der' }))
  }

  sign(bytes: Uint8Array): Uint8Array {
    return Uint8Array.from(sign(null, bytes, this.#key))
  }
}

/** The kind of a public key in DER; undefined if it is neither, or not exactly one. */
export function kindOfPublicKey(publicKey: Uint8Array): KeyKind | undefined {
  const kinds: readonly KeyKind[] = ['ml-dsa-65', 'ed25519']
  return kinds.find((kind) => {
    const head = publicKeyHeads[kind]
    const hasHead = head.every((byte, at) => publicKey[at] === byte)
    return hasHead && publicKey.byteLength === head.byteLength + publicKeyBytes[kind]
  })
}

/** Whether a key of that kind has signed the bytes; never throws. @param publicKey in DER, whatever it is */
export function isSignedBy(
  kind: KeyKind,
  publicKey: Uint8Array,
  bytes: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (kindOfPublicKey(publicKey) !== kind) return false
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' })
    return verify(null, bytes, key, signature)
  } catch {
    return false
  }
}

/** @param raw 32 bytes */
export function ed25519PublicKey(raw: Uint8Array): Uint8Array {
  return Uint8Array.from([...publicKeyHeads.ed25519, ...raw])
}

export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return Uint8Array.from(hash.digest())
}

/** HMAC with SHA-256: only who has the key can make it. */
export function macOf(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(createHmac('sha256', key).update(bytes).digest())
}

/** Bytes that nobody can guess or repeat. */
export function secretBytes(count: number): Uint8Array {
  return Uint8Array.from(randomBytes(count))
}

/** Whether they are the same, in a time that says nothing of where they differ. */
export function isSameSecret(one: Uint8Array, other: Uint8Array): boolean {
  return one.byteLength === other.byteLength && timingSafeEqual(one, other)
}
