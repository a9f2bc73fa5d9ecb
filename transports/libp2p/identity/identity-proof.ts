// An identity proof: the extension of a certificate in which a node's Ed25519 key signs the certificate's key. After libp2p's TLS specification.
import { DerReader, malformed } from './der-reader.ts'
import { der, derSequence, tag } from './der-writer.ts'
import { ed25519PublicKey, isSignedBy } from './keys.ts'
import { publicProtobuf, readPublicProtobuf } from './node-name.ts'

const prefix = new TextEncoder().encode('libp2p-tls-handshake:')

/** What the node's key signs. @param leafKey the certificate's public key in DER */
export function proofText(leafKey: Uint8Array): Uint8Array {
  return Uint8Array.from(Buffer.concat([prefix, leafKey]))
}

/** @param raw the 32 bytes of the node's public key */
export function writeProof(raw: Uint8Array, signature: Uint8Array): Uint8Array {
  return derSequence(der(tag.octets, publicProtobuf(raw)), der(tag.octets, signature))
}

/**
 * The 32 bytes of the node's public key, once its signature has been checked.
 * @throws {Fault} `certificate-invalid`
 */
export function provenKey(proof: Uint8Array, leafKey: Uint8Array): Uint8Array {
  const outer = new DerReader(proof)
  const inner = outer.within(tag.sequence)
  outer.end()
  const raw = readPublicProtobuf(inner.read(tag.octets))
  const signature = inner.read(tag.octets)
  inner.end()
  if (raw === undefined) throw malformed('its libp2p key is not of the kind Ed25519')
  if (!isSignedBy('ed25519', ed25519PublicKey(raw), proofText(leafKey), signature)) {
    throw malformed('its libp2p key has not signed the key of the certificate')
  }
  return Uint8Array.from(raw)
}
