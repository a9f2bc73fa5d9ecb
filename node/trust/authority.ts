// The authority: the key of a cluster that signs the certificates of its nodes, and how another one takes its place.
import {
  certificateFromPem,
  pemOf,
  readCertificate,
} from '../../transports/libp2p/identity/certificate-reader.ts'
import { drawSerial, writeAuthority, writeLeaf } from '../../transports/libp2p/identity/certificate-writer.ts'
import { certificateBytesMax } from '../../transports/libp2p/identity/der-reader.ts'
import { toHex } from '../../transports/libp2p/identity/byte-text.ts'
import { PrivateKey, sha256 } from '../../transports/libp2p/identity/keys.ts'
import { spiffeId } from '../../transports/libp2p/identity/node-name.ts'
import { fingerprintOf } from '../../transports/libp2p/identity/verify-peer.ts'
import { Fault } from '../../runtime/fault.ts'
import { field, readFields, timeBytes, timeField, writeFields } from './fields.ts'
import type { PeerId } from '../../runtime/transport.ts'
import type { Fields } from './fields.ts'

/** How long a node's certificate is good. */
export const leafLifeMsDefault = 86_400_000
export const leafLifeMsBounds: readonly [number, number] = [300_000, 604_800_000]
/** How long an authority's certificate is good; long before, the authority is rotated. */
export const authorityLifeMsDefault = 315_360_000_000
/** How much earlier than now a certificate begins, for clocks that are behind. */
export const earlierMsDefault = 300_000

/**
 * `steady` one root · `published` a second root is believed, the first still signs · `switched` the second signs, the first is believed until
 * the last certificate that it has signed is over.
 */
export type AuthorityStage = 'steady' | 'published' | 'switched'

/** What a node asks for; its proofs have been checked. */
export interface LeafWish {
  readonly peer: PeerId
  /** ML-DSA-65, in DER. */
  readonly publicKey: Uint8Array
  /** See writeProof. */
  readonly proof: Uint8Array
}

interface Signer {
  readonly key: PrivateKey
  /** In PEM. */
  readonly root: string
}

interface State {
  readonly lifeMs: number
  readonly current: Signer
  readonly next?: Signer
  readonly former?: { readonly root: string; readonly untilMs: number }
}

/** A value: what changes it returns another one. */
export class Authority {
  readonly cluster: string
  readonly #state: State

  private constructor(cluster: string, state: State) {
    this.cluster = cluster
    this.#state = state
  }

  /** @param lifeMs of the certificates it signs. @throws {Fault} `life-invalid` */
  static make(cluster: string, nowMs: number, lifeMs: number = leafLifeMsDefault): Authority {
    const [min, max] = leafLifeMsBounds
    if (!(lifeMs >= min && lifeMs <= max)) {
      throw new Fault(
        'life-invalid',
        `Cannot let certificates live ${lifeMs} ms: ${min} to ${max} ms are possible`,
        {
          hint: 'Choose a life within the bounds; a day is the default.',
        },
      )
    }
    return new Authority(cluster, { lifeMs, current: makeSigner(cluster, nowMs) })
  }

  get stage(): AuthorityStage {
    if (this.#state.next !== undefined) return 'published'
    return this.#state.former === undefined ? 'steady' : 'switched'
  }

  /** All certificates to believe in PEM, that of the key that signs first. */
  get roots(): readonly string[] {
    const { current, next, former } = this.#state
    const other = next?.root ?? former?.root
    return other === undefined ? [current.root] : [current.root, other]
  }

  /** Of the certificate of the key that signs. */
  get fingerprint(): string {
    return fingerprintOf(this.#state.current.root)
  }

  get lifeMs(): number {
    return this.#state.lifeMs
  }

  /** Signs a node's certificate. @returns DER */
  issue({ peer, publicKey, proof }: LeafWish, nowMs: number): Uint8Array {
    const { current, lifeMs } = this.#state
    const order = {
      name: peer,
      publicKey,
      uris: [spiffeId({ cluster: this.cluster, peer })],
      proof,
      serial: drawSerial(),
      startsMs: nowMs - earlierMsDefault,
      endsMs: nowMs + lifeMs,
    }
    return writeLeaf(order, { name: nameOf(this.cluster, current.key), key: current.key })
  }

  /**
   * Goes on to the next stage. Between `published` and `switched` all nodes have to hear of both roots; between `switched` and `steady` all
   * certificates of the former root have to end.
   * @throws {Fault} `rotation-early` they have not yet
   */
  rotate(nowMs: number): Authority {
    const { lifeMs, current, next, former } = this.#state
    if (next !== undefined) {
      const retiring = { root: current.root, untilMs: nowMs + lifeMs }
      return new Authority(this.cluster, { lifeMs, current: next, former: retiring })
    }
    if (former === undefined) {
      return new Authority(this.cluster, { lifeMs, current, next: makeSigner(this.cluster, nowMs) })
    }
    if (nowMs < former.untilMs) throw early(former.untilMs)
    return new Authority(this.cluster, { lifeMs, current })
  }

  /** With the private keys. A secret. */
  record(): Uint8Array {
    const { lifeMs, current, next, former } = this.#state
    const fields = new Map([
      [1, timeBytes(lifeMs)],
      [2, current.key.pkcs8()],
      [3, certificateFromPem(current.root)],
    ])
    if (next !== undefined) fields.set(4, next.key.pkcs8()).set(5, certificateFromPem(next.root))
    if (former !== undefined) fields.set(6, certificateFromPem(former.root)).set(7, timeBytes(former.untilMs))
    return writeFields(recordKind, fields)
  }

  /** @throws {Fault} `join-malformed` · `key-unreadable` · `certificate-invalid` */
  static read(cluster: string, record: Uint8Array): Authority {
    const fields = readFields(recordKind, record, authorityRecordBytesMax)
    const next = fields.has(4) ? { next: readSigner(fields, 4) } : {}
    const former = fields.has(6)
      ? { former: { root: readRoot(fields, 6), untilMs: timeField(fields, 7) } }
      : {}
    return new Authority(cluster, {
      lifeMs: timeField(fields, 1),
      current: readSigner(fields, 2),
      ...next,
      ...former,
    })
  }
}

const recordKind = 'troupe authority 1\n'
const authorityRecordBytesMax = 3 * certificateBytesMax

function makeSigner(cluster: string, nowMs: number): Signer {
  const key = PrivateKey.make('ml-dsa-65')
  const life = { startsMs: nowMs - earlierMsDefault, endsMs: nowMs + authorityLifeMsDefault }
  const certificate = writeAuthority({ name: nameOf(cluster, key), ...life }, key)
  return { key, root: pemOf(certificate, 'CERTIFICATE') }
}

/** Another name for another key: OpenSSL looks for issuers by their names. */
function nameOf(cluster: string, key: PrivateKey): string {
  return `troupe ${cluster} ${toHex(sha256(key.publicKey)).slice(0, 8)}`
}

function readSigner(fields: Fields, at: number): Signer {
  return { key: PrivateKey.read(field(fields, at, 1, 256), 'ml-dsa-65'), root: readRoot(fields, at + 1) }
}

function readRoot(fields: Fields, at: number): string {
  const certificate = field(fields, at, 1, certificateBytesMax)
  readCertificate(certificate)
  return pemOf(certificate, 'CERTIFICATE')
}

function early(untilMs: number): Fault {
  const until = new Date(untilMs).toISOString()
  return new Fault(
    'rotation-early',
    `Cannot retire the former authority: its certificates are good until ${until}`,
    {
      hint: 'Try again after that time; until then both authorities are believed.',
      details: { untilMs },
    },
  )
}
