// The verbs of an operator about trust: found a cluster, make a token, join, revoke, rotate; each on a folder, without a running node.
import { IdentityKey } from '../../transports/libp2p/identity/identity-key.ts'
import { isClusterId } from '../../transports/libp2p/identity/node-name.ts'
import { Fault } from '../../runtime/fault.ts'
import { Authority } from './authority.ts'
import { makeClusterId } from './cluster-id.ts'
import { readToken, writeToken } from './join-token.ts'
import { issueOwnLeaf } from './leaf.ts'
import { requestJoin } from './request-join.ts'
import { addRevocation } from './revocations.ts'
import { TokenShelf } from './token-shelf.ts'
import {
  keepAuthority,
  keepGrant,
  keepIdentity,
  noAuthority,
  readAuthority,
  readIdentity,
  Trust,
} from './trust.ts'
import { TrustFolder } from './trust-folder.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { PeerId } from '../../runtime/transport.ts'
import type { AuthorityStage } from './authority.ts'
import type { JoinToken } from './join-token.ts'
import type { AskDesk } from './request-join.ts'
import type { Revocation } from './revocations.ts'
import type { TrustFolderOptions } from './trust-folder.ts'

export interface TrustVerbOptions extends TrustFolderOptions {
  readonly clock: Clock
}

export interface FoundOptions extends TrustVerbOptions {
  /** 16 characters of base32 in lower case; drawn if left out. */
  readonly cluster?: string | undefined
  /** Of the certificates; default `leafLifeMsDefault`. */
  readonly leafLifeMs?: number | undefined
}

/** Who a node is in a cluster. */
export interface Founded {
  readonly cluster: string
  readonly peer: PeerId
}

/**
 * Founds a cluster: makes the authority, and its first node.
 * @throws {Fault} `trust-taken` · `passphrase-invalid` · `life-invalid` · `cluster-invalid` · `key-exposed` · `disk-failed`
 */
export async function foundCluster(path: string, options: FoundOptions): Promise<Founded> {
  const { clock, cluster = makeClusterId(), leafLifeMs } = options
  if (!isClusterId(cluster)) throw invalidCluster(cluster)
  const nowMs = clock.wall()
  const authority = Authority.make(cluster, nowMs, leafLifeMs)
  const folder = await TrustFolder.make(path, cluster, options)
  const identity = IdentityKey.make()
  await keepIdentity(folder, identity)
  await keepAuthority(folder, authority)
  await keepGrant(folder, { leaf: issueOwnLeaf(authority, identity, nowMs), roots: authority.roots })
  return { cluster, peer: identity.peer }
}

export interface TokenVerbOptions extends TrustVerbOptions {
  /** Where a node may ask: multiaddrs of nodes with the authority's key. */
  readonly addresses: readonly string[]
  /** Default `tokenLifeMsDefault`. */
  readonly lifeMs?: number | undefined
}

/**
 * Makes a token, also while the node runs. @returns its text, a secret
 * @throws {Fault} `authority-missing` · those of `TokenShelf.make` and `TrustFolder.open`
 */
export async function makeToken(path: string, options: TokenVerbOptions): Promise<string> {
  const { clock, addresses, lifeMs } = options
  const folder = await TrustFolder.open(path, options)
  const authority = await readAuthority(folder)
  if (authority === undefined) throw noAuthority(path)
  const order = { addresses, lifeMs, fingerprint: authority.fingerprint }
  return writeToken(await new TokenShelf(folder).make(order, clock.wall()))
}

/** Takes requests to the addresses of a token; the other end has to pass `verifyByFingerprint` first. */
export interface DeskCall {
  /** See writeJoinRequest. */
  readonly binding: Uint8Array
  readonly ask: AskDesk
}

export interface JoinOptions extends TrustVerbOptions {
  readonly call: (token: JoinToken) => Promise<DeskCall>
}

/**
 * Joins a cluster. May be called again with the same token, or another one of the same cluster, if it has failed half way.
 * @throws {Fault} `token-invalid` · `trust-taken` it has joined already, or another cluster · those of `requestJoin`, `call` and TrustFolder
 */
export async function joinCluster(path: string, text: string, options: JoinOptions): Promise<Founded> {
  const token = readToken(text)
  const folder = await openOrMake(path, token.cluster, options)
  const lock = await folder.lock()
  try {
    return await joinWith(token, folder, options)
  } finally {
    await lock.release()
  }
}

async function joinWith(
  token: JoinToken,
  folder: TrustFolder,
  { clock, call }: JoinOptions,
): Promise<Founded> {
  if (folder.cluster !== token.cluster || (await folder.read('leaf')) !== undefined) throw joined(folder)
  // Before anything is asked: should the answer be lost, the same node asks again.
  const identity = (await readIdentity(folder)) ?? IdentityKey.make()
  await keepIdentity(folder, identity)
  const { binding, ask } = await call(token)
  await keepGrant(folder, await requestJoin(token, { identity, clock, binding }, ask))
  return { cluster: token.cluster, peer: identity.peer }
}

/**
 * Revokes a node or a certificate. A node that runs hears of it with its next `reload`.
 * @throws {Fault} those of `addRevocation` and `TrustFolder.open`
 */
export async function revoke(
  path: string,
  revocation: Omit<Revocation, 'atMs'>,
  options: TrustVerbOptions,
): Promise<void> {
  const folder = await TrustFolder.open(path, options)
  await addRevocation(folder, { ...revocation, atMs: options.clock.wall() })
}

/**
 * Goes on to the next stage of a rotation of the authority, while no node runs on the folder; one that runs does it by `Trust.rotate`.
 * @throws {Fault} `folder-locked` · `authority-missing` · `rotation-early` · those of `TrustFolder.open`
 */
export async function rotateAuthority(path: string, options: TrustVerbOptions): Promise<AuthorityStage> {
  const folder = await TrustFolder.open(path, options)
  await using trust = await Trust.open(folder, options.clock)
  return (await trust.rotate()).stage
}

async function openOrMake(path: string, cluster: string, options: TrustVerbOptions): Promise<TrustFolder> {
  try {
    return await TrustFolder.open(path, options)
  } catch (error) {
    if (Fault.is(error) && error.code === 'trust-missing') return TrustFolder.make(path, cluster, options)
    throw error
  }
}

function joined({ path, cluster }: TrustFolder): Fault {
  return new Fault(
    'trust-taken',
    `Cannot join with "${path}": it belongs to a node of cluster ${cluster} already`,
    {
      hint: 'Choose another folder, or move this one away if the node is to leave its cluster.',
      details: { path, cluster },
    },
  )
}

function invalidCluster(cluster: string): Fault {
  return new Fault(
    'cluster-invalid',
    `Cannot found a cluster: its id has ${cluster.length} characters that are not 16 of a to z and 2 to 7`,
    {
      hint: 'Leave the id out: then it is drawn.',
    },
  )
}
