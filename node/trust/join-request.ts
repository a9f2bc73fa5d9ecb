// A join request: a node asks for a certificate, with a token the first time and with its former certificate later, and proves that it has the keys.
import { certificateBytesMax } from '../../transports/libp2p/identity/der-reader.ts'
import { Fault } from '../../runtime/fault.ts'
import { provenKey } from '../../transports/libp2p/identity/identity-proof.ts'
import {
  ed25519PublicKey,
  isSameSecret,
  isSignedBy,
  kindOfPublicKey,
  macOf,
  sha256,
} from '../../transports/libp2p/identity/keys.ts'
import { isClusterId, peerIdOf } from '../../transports/libp2p/identity/node-name.ts'
import { readCertificate } from '../../transports/libp2p/identity/certificate-reader.ts'
import { toHex, fromHex } from '../../transports/libp2p/identity/byte-text.ts'
import { field, malformed, readFields, textBytes, textField, writeFields } from './fields.ts'
import { tokenIdBytes } from './join-token.ts'
import type { PrivateKey } from '../../transports/libp2p/identity/keys.ts'
import type { IdentityKey } from '../../transports/libp2p/identity/identity-key.ts'
import type { LeafWish } from './authority.ts'
import type { Fields } from './fields.ts'
import type { JoinToken } from './join-token.ts'
import type { Leaf } from './leaf.ts'
import type { ShownToken } from './token-shelf.ts'

export const joinRequestBytesMax = 16_384

/** By what right. */
export type JoinRight =
  | { readonly kind: 'token'; readonly token: Pick<JoinToken, 'id' | 'secret'> }
  | { readonly kind: 'renewal'; readonly former: Leaf }

export interface JoinRequest {
  readonly cluster: string
  readonly identity: IdentityKey
  /** Made for this request; it never leaves the node. */
  readonly leafKey: PrivateKey
  readonly right: JoinRight
}

/** The right as the other side sees it. */
export type ShownRight =
  | { readonly kind: 'token'; readonly token: ShownToken }
  /** In DER. The request is signed with its key; whether it is good has to be looked at. */
  | { readonly kind: 'renewal'; readonly certificate: Uint8Array }

/** A request whose signatures are good: it comes from who has the node's key and the leaf's, over this channel. */
export interface ShownRequest extends LeafWish {
  readonly cluster: string
  readonly right: ShownRight
}

/** @param binding bytes that both ends of the channel have and no other channel has; empty where the channel has proven the peer */
export function writeJoinRequest(request: JoinRequest, binding: Uint8Array): Uint8Array {
  const { cluster, identity, leafKey, right } = request
  const unsigned = new Map<number, Uint8Array>([
    [at.cluster, textBytes(cluster)],
    [at.proof, identity.proof(leafKey.publicKey)],
    [at.publicKey, leafKey.publicKey],
  ])
  if (right.kind === 'token') {
    unsigned.set(at.tokenId, fromHex(right.token.id) ?? new Uint8Array(0))
  } else unsigned.set(at.former, right.former.certificate)
  const text = signedText(unsigned, binding)
  const signed = new Map<number, Uint8Array>(unsigned)
    .set(at.nodeSignature, identity.sign(text))
    .set(at.leafSignature, leafKey.sign(text))
  if (right.kind === 'renewal') signed.set(at.formerSignature, right.former.key.sign(text))
  else signed.set(at.tokenProof, tokenProof(sha256(right.token.secret), text))
  return writeFields(kind, signed)
}

/** @throws {Fault} `join-malformed` · `join-unproven` a signature is not good, or was made for another channel · `certificate-invalid` */
export function readJoinRequest(bytes: Uint8Array, binding: Uint8Array): ShownRequest {
  const fields = readFields(kind, bytes, joinRequestBytesMax)
  const cluster = textField(fields, at.cluster, 64)
  const publicKey = field(fields, at.publicKey, 1, 2_048)
  const proof = field(fields, at.proof, 1, 256)
  if (!isClusterId(cluster)) throw malformed('it names no cluster')
  if (kindOfPublicKey(publicKey) !== 'ml-dsa-65') throw malformed('the key is not of the kind ML-DSA-65')
  const raw = provenKey(proof, publicKey)
  const text = signedText(withoutSignatures(fields), binding)
  const bySelf = isSignedBy('ed25519', ed25519PublicKey(raw), text, field(fields, at.nodeSignature, 64))
  const byLeaf = isSignedBy('ml-dsa-65', publicKey, text, field(fields, at.leafSignature, 1, 4_096))
  if (!bySelf || !byLeaf) throw unproven(bySelf ? 'the new key' : "the node's key")
  return { cluster, peer: peerIdOf(raw), publicKey, proof, right: shownRight(fields, text) }
}

const kind = 'troupe join request 1\n'

/** Numbers of fields; from `nodeSignature` on they sign those before. */
const at = {
  cluster: 1,
  tokenId: 2,
  proof: 4,
  publicKey: 5,
  former: 6,
  nodeSignature: 200,
  leafSignature: 201,
  formerSignature: 202,
  tokenProof: 203,
} as const

function shownRight(fields: Fields, text: Uint8Array): ShownRight {
  if (!fields.has(at.former)) {
    const id = toHex(field(fields, at.tokenId, tokenIdBytes))
    const shown = field(fields, at.tokenProof, 32)
    // The secret stays where it is: whoever sits in between, be it a member of the cluster, learns nothing that is good for another channel.
    return { kind: 'token', token: { id, isProvenBy: (hash) => isSameSecret(shown, tokenProof(hash, text)) } }
  }
  const certificate = field(fields, at.former, 1, certificateBytesMax)
  const signature = field(fields, at.formerSignature, 1, 4_096)
  if (!isSignedBy('ml-dsa-65', readCertificate(certificate).publicKey, text, signature)) {
    throw unproven('the key of the former certificate')
  }
  return { kind: 'renewal', certificate }
}

/** @param hash of the token's secret */
function tokenProof(hash: Uint8Array, text: Uint8Array): Uint8Array {
  return macOf(hash, text)
}

function withoutSignatures(fields: Fields): Fields {
  return new Map([...fields].filter(([number]) => number < at.nodeSignature))
}

/** In the order of the numbers, so that it does not matter in which order the fields came. */
function signedText(unsigned: Fields, binding: Uint8Array): Uint8Array {
  const sorted = [...unsigned].toSorted(([one], [other]) => one - other)
  return Uint8Array.from(Buffer.concat([writeFields(kind, new Map(sorted)), sha256(binding)]))
}

function unproven(what: string): Fault {
  return new Fault(
    'join-unproven',
    `Cannot give a certificate: ${what} has not signed the request for this channel`,
    {
      hint: 'Let the node itself ask, over a connection of its own.',
    },
  )
}
