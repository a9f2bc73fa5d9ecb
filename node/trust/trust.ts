// The trust of a node: its identity, its credentials and, where the cluster was founded, the authority; kept in its trust folder.
import { IdentityKey } from '../../transports/libp2p/identity/identity-key.ts'
import { certificateFromPem, pemOf } from '../../transports/libp2p/identity/certificate-reader.ts'
import { certificateBytesMax } from '../../transports/libp2p/identity/der-reader.ts'
import { Fault } from '../../runtime/fault.ts'
import { Authority } from './authority.ts'
import { field, readFields, writeFields } from './fields.ts'
import { JoinDesk } from './join-desk.ts'
import { issueOwnLeaf, readLeafRecord, writeLeafRecord } from './leaf.ts'
import { NodeCredentials } from './node-credentials.ts'
import { requestRenewal } from './request-join.ts'
import { addRevocation, markAgreed, readRevocations, removeRevocation } from './revocations.ts'
import { damaged } from './seal.ts'
import { TokenShelf } from './token-shelf.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { DiskLock } from '../../runtime/disk.ts'
import type { Leaf, LeafPlace } from './leaf.ts'
import type { AskDesk, Grant } from './request-join.ts'
import type { Revocation } from './revocations.ts'
import type { PeerId } from '../../runtime/transport.ts'
import type { TrustFolder } from './trust-folder.ts'

/** What a running node opens. It has the folder's lock until it is closed. */
export class Trust {
  readonly folder: TrustFolder
  readonly identity: IdentityKey
  readonly credentials: NodeCredentials
  /** Answers nodes that join or renew; undefined on a node without the authority's key. */
  readonly desk: JoinDesk | undefined
  readonly #clock: Clock
  readonly #lock: DiskLock
  #authority: Authority | undefined

  private constructor(folder: TrustFolder, clock: Clock, parts: Parts) {
    this.folder = folder
    this.#clock = clock
    this.#lock = parts.lock
    this.identity = parts.identity
    this.#authority = parts.authority
    this.credentials = new NodeCredentials({ clock, cluster: folder.cluster, ...parts })
    const tokens = new TokenShelf(folder)
    const admits = this.credentials.admits.bind(this.credentials)
    this.desk =
      parts.authority === undefined
        ? undefined
        : new JoinDesk({ clock, tokens, admits, authority: () => this.#signs() })
  }

  /**
   * A node with the authority's key gives itself a certificate if it has none that is good.
   * @throws {Fault} `folder-locked` · `trust-missing` the node has not got a certificate yet · `trust-damaged` · `key-exposed` · `disk-failed`
   */
  static async open(folder: TrustFolder, clock: Clock): Promise<Trust> {
    const lock = await folder.lock()
    try {
      return new Trust(folder, clock, { lock, ...(await readParts(folder, clock.wall())) })
    } catch (error) {
      await lock.release()
      throw error
    }
  }

  /** Lets the folder go. */
  close(): Promise<void> {
    return this.#lock.release()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  get cluster(): string {
    return this.folder.cluster
  }

  /** Undefined on a node without the authority's key. */
  get authority(): Authority | undefined {
    return this.#authority
  }

  /** Keeps what a node has got, then uses it. @throws {Fault} `disk-failed` · those of NodeCredentials.install */
  async take(grant: Grant): Promise<void> {
    await keepGrant(this.folder, grant)
    this.credentials.install(grant.leaf, grant.roots)
  }

  /**
   * Gets the next certificate: from its own authority, or by `ask`.
   * @param binding see writeJoinRequest
   * @throws {Fault} those of `requestRenewal`
   */
  async renew(ask: AskDesk, binding: Uint8Array): Promise<void> {
    const { identity, credentials, cluster } = this
    const former = { leaf: credentials.leaf, cluster, roots: credentials.roots }
    await this.take(await requestRenewal(former, { identity, clock: this.#clock, binding }, ask))
  }

  /** On the founding node: its own desk, without a channel. */
  renewAlone(): Promise<void> {
    const { desk, identity } = this
    if (desk === undefined) return Promise.reject(noAuthority(this.folder.path))
    const caller = { source: 'this node', binding: new Uint8Array(0), peer: identity.peer }
    return this.renew((request) => desk.answer(request, caller), caller.binding)
  }

  /** Believes other authorities, as the cluster has agreed. */
  async believe(roots: readonly string[]): Promise<void> {
    await this.folder.write(rootsName, writeRoots(roots))
    this.credentials.believe(roots)
  }

  /** Revokes and keeps it. @throws {Fault} those of `addRevocation` */
  async revoke(revocation: Revocation): Promise<void> {
    await addRevocation(this.folder, revocation)
    await this.reload()
  }

  /** The cluster has agreed on a revocation that was made here. */
  async agree(revocation: Revocation): Promise<void> {
    await markAgreed(this.folder, revocation)
  }

  /** The cluster lets a node come back. */
  async pardon(peer: PeerId): Promise<void> {
    await removeRevocation(this.folder, peer)
    await this.reload()
  }

  /** Looks for revocations that another process has written. */
  async reload(): Promise<void> {
    this.credentials.revoke(await readRevocations(this.folder))
  }

  /**
   * Goes on to the next stage of a rotation, and believes what that means; the others have to hear of the roots.
   * @throws {Fault} `authority-missing` · `rotation-early` · `disk-failed`
   */
  async rotate(): Promise<Authority> {
    const next = this.#signs().rotate(this.#clock.wall())
    await this.folder.write(authorityName, next.record())
    this.#authority = next
    await this.believe(next.roots)
    // From now on the chain it shows to those who join ends at the key that signs.
    if (next.stage === 'switched') await this.#issueOwn(next)
    return next
  }

  #issueOwn(authority: Authority): Promise<void> {
    const leaf = issueOwnLeaf(authority, this.identity, this.#clock.wall())
    return this.take({ leaf, roots: authority.roots })
  }

  #signs(): Authority {
    if (this.#authority === undefined) throw noAuthority(this.folder.path)
    return this.#authority
  }
}

interface Parts extends Kept {
  readonly lock: DiskLock
}

/** What is in the folder. */
interface Kept {
  readonly identity: IdentityKey
  readonly authority: Authority | undefined
  readonly roots: readonly string[]
  readonly leaf: Leaf
  readonly revocations: readonly Revocation[]
}

async function readParts(folder: TrustFolder, nowMs: number): Promise<Kept> {
  const identity = await readIdentity(folder)
  const authority = await readAuthority(folder)
  const roots = authority?.roots ?? (await readRoots(folder))
  const revocations = await readRevocations(folder)
  if (identity === undefined || roots === undefined) throw notJoined(folder.path)
  const leaf = await readLeaf(folder, { cluster: folder.cluster, peer: identity.peer, roots, nowMs })
  if (authority === undefined) {
    if (leaf === undefined) throw notJoined(folder.path)
    return { identity, authority, roots, leaf, revocations }
  }
  if (leaf !== undefined && leaf.endsMs > nowMs) return { identity, authority, roots, leaf, revocations }
  const own = issueOwnLeaf(authority, identity, nowMs)
  await keepGrant(folder, { leaf: own, roots })
  return { identity, authority, roots, leaf: own, revocations }
}

/** Undefined also if no root that is believed has signed it: its authority has been retired. */
export async function readLeaf(folder: TrustFolder, place: LeafPlace): Promise<Leaf | undefined> {
  const record = await folder.read(leafName)
  if (record === undefined) return undefined
  try {
    return readLeafRecord(record, place)
  } catch (error) {
    if (Fault.is(error) && error.code === 'certificate-invalid') return undefined
    throw damaged(leafName, Fault.is(error) ? error.message : 'it cannot be read')
  }
}

const identityName = 'identity'
const leafName = 'leaf'
const rootsName = 'roots'
const authorityName = 'authority'
const rootsKind = 'troupe roots 1\n'
const rootsBytesMax = 3 * certificateBytesMax

/** Undefined if it was not made yet. */
export async function readIdentity(folder: TrustFolder): Promise<IdentityKey | undefined> {
  const record = await folder.read(identityName)
  return record === undefined ? undefined : within(identityName, () => IdentityKey.read(record))
}

export function keepIdentity(folder: TrustFolder, identity: IdentityKey): Promise<void> {
  return folder.write(identityName, identity.protobuf())
}

/** Undefined on a node that has not founded the cluster. */
export async function readAuthority(folder: TrustFolder): Promise<Authority | undefined> {
  const record = await folder.read(authorityName)
  return record === undefined
    ? undefined
    : within(authorityName, () => Authority.read(folder.cluster, record))
}

export function keepAuthority(folder: TrustFolder, authority: Authority): Promise<void> {
  return folder.write(authorityName, authority.record())
}

/** The leaf last: it is what makes a node one of the cluster. */
export async function keepGrant(folder: TrustFolder, { leaf, roots }: Grant): Promise<void> {
  await folder.write(rootsName, writeRoots(roots))
  await folder.write(leafName, writeLeafRecord(leaf))
}

/** @throws {Fault} `authority-missing` */
export function noAuthority(path: string): Fault {
  return new Fault('authority-missing', `Cannot sign with the authority's key: "${path}" does not have it`, {
    hint: 'Ask the node that has founded the cluster.',
    details: { path },
  })
}

/** The authorities that are believed; undefined on a node that has not joined yet. */
export async function readRoots(folder: TrustFolder): Promise<readonly string[] | undefined> {
  const record = await folder.read(rootsName)
  if (record === undefined) return undefined
  return within(rootsName, () => {
    const fields = readFields(rootsKind, record, rootsBytesMax)
    return [...fields.keys()].map((number) =>
      pemOf(field(fields, number, 1, certificateBytesMax), 'CERTIFICATE'),
    )
  })
}

function writeRoots(roots: readonly string[]): Uint8Array {
  return writeFields(rootsKind, new Map(roots.map((root, index) => [index + 1, certificateFromPem(root)])))
}

/** What cannot be read although its seal is whole was written by another version, or does not fit the rest. */
function within<T>(name: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw damaged(name, Fault.is(error) ? error.message : 'it cannot be read')
  }
}

function notJoined(path: string): Fault {
  return new Fault('trust-missing', `Cannot use the trust folder "${path}": the node has not joined yet`, {
    hint: 'Join with "cluster join TOKEN".',
    details: { path },
  })
}
