// A token shelf: the join tokens that a cluster has given out, kept as hashes, and by whom each was spent.
import { toHex } from '../../transports/libp2p/identity/byte-text.ts'
import { secretBytes, sha256 } from '../../transports/libp2p/identity/keys.ts'
import { Fault } from '../../runtime/fault.ts'
import { field, readFields, textBytes, textField, timeBytes, timeField, writeFields } from './fields.ts'
import { tokenAddressCharactersMax, tokenAddressesMax, tokenIdBytes, tokenSecretBytes } from './join-token.ts'
import type { PeerId } from '../../runtime/transport.ts'
import type { JoinToken } from './join-token.ts'
import type { TrustFolder } from './trust-folder.ts'

export const tokenLifeMsDefault = 3_600_000
export const tokenLifeMsBounds: readonly [number, number] = [1_000, 604_800_000]
/** Tokens that are kept at once, spent or not. */
export const tokensMax = 1_000

export interface TokenOrder {
  /** Where a node may ask. */
  readonly addresses: readonly string[]
  /** Of the authority that answers. */
  readonly fingerprint: string
  readonly lifeMs?: number | undefined
}

/** What a node shows: not the secret, but that it has it. */
export interface ShownToken {
  readonly id: string
  /** @param hash of the secret */
  isProvenBy(hash: Uint8Array): boolean
}

/** Making tokens needs no lock; spending them is for the process that has the folder's lock. */
export class TokenShelf {
  readonly #folder: TrustFolder
  /** Tokens are spent one after the other: of two that come at once one is first. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(folder: TrustFolder) {
    this.#folder = folder
  }

  /**
   * Makes a token, and forgets those that are over.
   * @throws {Fault} `life-invalid` · `address-invalid` · `tokens-full` · `disk-failed`
   */
  async make(order: TokenOrder, nowMs: number): Promise<JoinToken> {
    const { addresses, fingerprint, lifeMs = tokenLifeMsDefault } = order
    checkLife(lifeMs)
    checkAddresses(addresses)
    const kept = await this.#sweep(nowMs)
    if (kept >= tokensMax) throw full(kept)
    const secret = secretBytes(tokenSecretBytes)
    const id = toHex(secretBytes(tokenIdBytes))
    const endsMs = nowMs + lifeMs
    const record = new Map([
      [1, sha256(secret)],
      [2, timeBytes(endsMs)],
    ])
    await this.#folder.write(`${shelf}/${id}`, writeFields(tokenKind, record))
    return { cluster: this.#folder.cluster, id, secret, fingerprint, endsMs, addresses }
  }

  /**
   * Gives a token to a peer, safe on the disk when it returns. The same peer may have it again until it is over: an answer can be lost.
   * @throws {Fault} `token-unknown` · `token-expired` · `token-spent` · `disk-failed`
   */
  spend(token: ShownToken, peer: PeerId, nowMs: number): Promise<void> {
    const spent = this.#last.then(() => this.#spend(token, peer, nowMs))
    this.#last = spent.catch(() => {})
    return spent
  }

  async #spend(token: ShownToken, peer: PeerId, nowMs: number): Promise<void> {
    const name = `${shelf}/${token.id}`
    const record = await this.#folder.read(name)
    if (record === undefined) throw unknown()
    const { hash, endsMs } = readRecord(record)
    // A wrong secret and an unknown token sound the same.
    if (!token.isProvenBy(hash)) throw unknown()
    if (nowMs >= endsMs) throw expired(endsMs)
    const spent = await this.#folder.read(`${name}${spentEnding}`)
    if (spent !== undefined) {
      if (textField(readFields(spentKind, spent, tokenRecordBytesMax), 1, 128) !== peer) throw taken()
      return
    }
    const by = new Map([
      [1, textBytes(peer)],
      [2, timeBytes(nowMs)],
    ])
    await this.#folder.write(`${name}${spentEnding}`, writeFields(spentKind, by))
  }

  /** Forgets what is over. @returns how many are left */
  async #sweep(nowMs: number): Promise<number> {
    const names = await this.#folder.names(shelf)
    const ids = names.filter((name) => !name.endsWith(spentEnding))
    let left = 0
    for (const id of ids) {
      const record = await this.#folder.read(`${shelf}/${id}`)
      if (record !== undefined && nowMs < readRecord(record).endsMs) left++
      else await this.#forget(id)
    }
    return left
  }

  /** The token first: what says by whom it was spent must not go before it. */
  async #forget(id: string): Promise<void> {
    await this.#folder.remove(`${shelf}/${id}`)
    await this.#folder.remove(`${shelf}/${id}${spentEnding}`)
  }
}

const shelf = 'tokens'
const spentEnding = '.spent'
const tokenKind = 'troupe token 1\n'
const spentKind = 'troupe spent 1\n'
const tokenRecordBytesMax = 1_024

function readRecord(record: Uint8Array): { readonly hash: Uint8Array; readonly endsMs: number } {
  const fields = readFields(tokenKind, record, tokenRecordBytesMax)
  return { hash: field(fields, 1, 32), endsMs: timeField(fields, 2) }
}

function checkLife(lifeMs: number): void {
  const [min, max] = tokenLifeMsBounds
  if (lifeMs >= min && lifeMs <= max) return
  throw new Fault(
    'life-invalid',
    `Cannot make a token that lives ${lifeMs} ms: ${min} to ${max} ms are possible`,
    {
      hint: 'Choose a life within the bounds; an hour is the default.',
    },
  )
}

function checkAddresses(addresses: readonly string[]): void {
  const isFit = addresses.every((one) => one.length <= tokenAddressCharactersMax && /^[!-~]+$/.test(one))
  if (isFit && addresses.length <= tokenAddressesMax) return
  throw new Fault(
    'address-invalid',
    `Cannot put ${addresses.length} addresses into a token: one of them is too long or has spaces, or they are more than ${tokenAddressesMax}`,
    {
      hint: 'Give the addresses under which other machines reach this node, such as /ip4/10.0.0.1/tcp/4001.',
    },
  )
}

function full(count: number): Fault {
  return new Fault('tokens-full', `Cannot make another token: ${count} of ${tokensMax} are not over yet`, {
    hint: 'Use those that are there, or wait until they expire.',
  })
}

function unknown(): Fault {
  return new Fault('token-unknown', 'Cannot join: the cluster does not know the token', {
    hint: 'Copy the whole token, or make a new one with "cluster token".',
  })
}

function expired(endsMs: number): Fault {
  return new Fault(
    'token-expired',
    `Cannot join: the token has expired at ${new Date(endsMs).toISOString()}`,
    {
      hint: 'Make a new token with "cluster token", and compare the clocks of both machines.',
    },
  )
}

function taken(): Fault {
  return new Fault('token-spent', 'Cannot join: another node has spent the token', {
    hint: 'Make a new token with "cluster token"; if no other node should have had this one, revoke that node.',
  })
}
