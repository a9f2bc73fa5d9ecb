// A certificate writer: X.509 certificates of authorities and of nodes, signed with ML-DSA-65.
import { oids } from './certificate-oids.ts'
import {
  der,
  derBits,
  derInteger,
  derOid,
  derSequence,
  derTime,
  derTrue,
  derUtf8,
  tag,
} from './der-writer.ts'
import { secretBytes, sha256 } from './keys.ts'
import type { PrivateKey } from './keys.ts'

/** From when to when, in milliseconds since 1970; seconds count. */
export interface Life {
  readonly startsMs: number
  readonly endsMs: number
}

export interface AuthorityOrder extends Life {
  /** The common name, for people and for OpenSSL, which finds issuers by it. */
  readonly name: string
}

export interface LeafOrder extends Life {
  /** The common name, for people. */
  readonly name: string
  /** The node's public key, ML-DSA-65, in DER. */
  readonly publicKey: Uint8Array
  /** Names of the node; a certificate that is believed has one. */
  readonly uris: readonly string[]
  /** See writeProof; undefined leaves it out. */
  readonly proof: Uint8Array | undefined
  /** 1 to 16 bytes that no other certificate of the authority has; drawn if left out. */
  readonly serial?: Uint8Array
}

/** An authority as its certificates name it. */
export interface Issuer {
  readonly name: string
  readonly key: PrivateKey
}

/** A certificate that signs itself, and others. @returns DER */
export function writeAuthority(order: AuthorityOrder, key: PrivateKey): Uint8Array {
  return write({ name: order.name, key }, order, {
    publicKey: key.publicKey,
    serial: drawSerial(),
    extensions: [
      // An authority of nodes, not of authorities: the path ends below it.
      extension(oids.basicConstraints, derSequence(derTrue(), derInteger(Uint8Array.of(0))), true),
      extension(oids.keyUsage, derBits(Uint8Array.of(keyCertSign), 1), true),
      subjectKeyId(key.publicKey),
    ],
  })
}

/** A node's certificate. @returns DER */
export function writeLeaf(order: LeafOrder, issuer: Issuer): Uint8Array {
  const { publicKey, uris, proof } = order
  return write(issuer, order, {
    publicKey,
    serial: order.serial ?? drawSerial(),
    extensions: [
      extension(oids.basicConstraints, derSequence(), true),
      extension(oids.keyUsage, derBits(Uint8Array.of(digitalSignature), 7), true),
      extension(oids.extendedKeyUsage, derSequence(derOid(oids.serverAuth), derOid(oids.clientAuth))),
      subjectKeyId(publicKey),
      extension(oids.authorityKeyId, derSequence(der(0x80, keyId(issuer.key.publicKey)))),
      extension(
        oids.subjectAltName,
        derSequence(...uris.map((uri) => der(0x86, new TextEncoder().encode(uri)))),
      ),
      ...(proof === undefined ? [] : [extension(oids.libp2pProof, proof)]),
    ],
  })
}

/** 15 random bytes after one that is neither zero nor makes it negative. */
export function drawSerial(): Uint8Array {
  const bytes = secretBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes
}

const keyCertSign = 0x06
const digitalSignature = 0x80
const version3 = der(0xa0, derInteger(Uint8Array.of(2)))

interface Body {
  readonly publicKey: Uint8Array
  readonly serial: Uint8Array
  readonly extensions: readonly Uint8Array[]
}

function write(issuer: Issuer, order: AuthorityOrder, { publicKey, serial, extensions }: Body): Uint8Array {
  const algorithm = derSequence(derOid(oids.mlDsa65))
  const signed = derSequence(
    version3,
    derInteger(serial),
    algorithm,
    commonName(issuer.name),
    derSequence(derTime(order.startsMs), derTime(order.endsMs)),
    commonName(order.name),
    publicKey,
    der(0xa3, derSequence(...extensions)),
  )
  return derSequence(signed, algorithm, derBits(issuer.key.sign(signed)))
}

function commonName(text: string): Uint8Array {
  return derSequence(der(tag.set, derSequence(derOid(oids.commonName), derUtf8(text))))
}

function extension(oid: string, value: Uint8Array, isCritical = false): Uint8Array {
  return derSequence(derOid(oid), ...(isCritical ? [derTrue()] : []), der(tag.octets, value))
}

function subjectKeyId(publicKey: Uint8Array): Uint8Array {
  return extension(oids.subjectKeyId, der(tag.octets, keyId(publicKey)))
}

function keyId(publicKey: Uint8Array): Uint8Array {
  return sha256(publicKey).subarray(0, 20)
}
