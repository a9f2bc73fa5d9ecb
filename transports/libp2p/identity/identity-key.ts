// An identity key: the lasting Ed25519 key of a node, which its peer id is derived from.
import { PrivateKey } from './keys.ts'
import { proofText, writeProof } from './identity-proof.ts'
import { peerIdOf, privateProtobuf, readPrivateProtobuf } from './node-name.ts'
import type { PeerId } from '../../../runtime/transport.ts'

/** What stands before the 32 bytes of an Ed25519 public key in DER. */
const headBytes = 12

export class IdentityKey {
  readonly peer: PeerId
  /** The 32 bytes of the public key. */
  readonly raw: Uint8Array
  readonly #key: PrivateKey

  private constructor(key: PrivateKey) {
    this.#key = key
    this.raw = key.publicKey.subarray(headBytes)
    this.peer = peerIdOf(this.raw)
  }

  static make(): IdentityKey {
    return new IdentityKey(PrivateKey.make('ed25519'))
  }

  /** @param protobuf what `protobuf` has returned. @throws {Fault} `key-unreadable` */
  static read(protobuf: Uint8Array): IdentityKey {
    return new IdentityKey(PrivateKey.read(readPrivateProtobuf(protobuf), 'ed25519'))
  }

  /** The private key as libp2p keeps it. A secret. */
  protobuf(): Uint8Array {
    return privateProtobuf(this.#key.pkcs8(), this.raw)
  }

  sign(bytes: Uint8Array): Uint8Array {
    return this.#key.sign(bytes)
  }

  /** The extension that ties this key to a certificate. @param leafKey the certificate's public key in DER */
  proof(leafKey: Uint8Array): Uint8Array {
    return writeProof(this.raw, this.#key.sign(proofText(leafKey)))
  }
}
