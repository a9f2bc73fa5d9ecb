// A node's name: its peer id, what it is derived from, and the SPIFFE id that stands in its certificate.
import { publicKeyFromRaw } from '@libp2p/crypto/keys'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import { Fault } from '../../../runtime/fault.ts'
import type { PeerId } from '../../../runtime/transport.ts'

/** What stands before the 32 bytes of an Ed25519 public key in libp2p's protobuf, and before the 64 of a private one. */
const publicHead = Uint8Array.of(0x08, 0x01, 0x12, 0x20)
const privateHead = Uint8Array.of(0x08, 0x01, 0x12, 0x40)
const rawBytes = 32

/** Before the 32 secret bytes of an Ed25519 private key in DER (PKCS #8). */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex')

const clusterForm = /^[a-z2-7]{16}$/
const spiffeForm = /^spiffe:\/\/([^/]*)\/node\/([1-9A-HJ-NP-Za-km-z]{1,128})$/

/** What a SPIFFE id says. */
export interface NodeName {
  readonly cluster: string
  readonly peer: PeerId
}

export function isClusterId(text: string): boolean {
  return clusterForm.test(text)
}

export function spiffeId({ cluster, peer }: NodeName): string {
  return `spiffe://${cluster}/node/${peer}`
}

/** Undefined if it is not the SPIFFE id of a node. Whether that node exists is another question. */
export function readSpiffeId(uri: string): NodeName | undefined {
  const [, cluster, peer] = spiffeForm.exec(uri) ?? []
  return cluster === undefined || peer === undefined ? undefined : { cluster, peer }
}

/** @param raw the 32 bytes of an Ed25519 public key */
export function peerIdOf(raw: Uint8Array): PeerId {
  return peerIdFromPublicKey(publicKeyFromRaw(raw)).toString()
}

export function publicProtobuf(raw: Uint8Array): Uint8Array {
  return Uint8Array.from([...publicHead, ...raw])
}

/** The 32 bytes in it; undefined if it is anything else than an Ed25519 public key. */
export function readPublicProtobuf(bytes: Uint8Array): Uint8Array | undefined {
  return bytes.byteLength === publicHead.byteLength + rawBytes && startsWith(bytes, publicHead)
    ? bytes.subarray(publicHead.byteLength)
    : undefined
}

/** libp2p's form of a private key, of the form that Node.js has. @param raw the public key */
export function privateProtobuf(pkcs8: Uint8Array, raw: Uint8Array): Uint8Array {
  return Uint8Array.from([...privateHead, ...pkcs8.subarray(pkcs8Head.byteLength), ...raw])
}

/** And back. @throws {Fault} `key-unreadable` */
export function readPrivateProtobuf(bytes: Uint8Array): Uint8Array {
  if (bytes.byteLength !== privateHead.byteLength + 2 * rawBytes || !startsWith(bytes, privateHead)) {
    throw new Fault('key-unreadable', 'Cannot read the private key: it is no Ed25519 key of libp2p', {
      hint: 'Put the file back from a copy, or let the node join anew.',
    })
  }
  const secret = bytes.subarray(privateHead.byteLength, privateHead.byteLength + rawBytes)
  return Uint8Array.from([...pkcs8Head, ...secret])
}

function startsWith(bytes: Uint8Array, head: Uint8Array): boolean {
  return head.every((byte, at) => bytes[at] === byte)
}
