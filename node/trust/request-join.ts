// Requesting to join: a node's side of the exchange, from its keys to a certificate that has been checked.
import { Fault } from '../../runtime/fault.ts'
import { PrivateKey } from '../../transports/libp2p/identity/keys.ts'
import { fingerprintOf } from '../../transports/libp2p/identity/verify-peer.ts'
import { readJoinAnswer, refusal } from './join-answer.ts'
import { writeJoinRequest } from './join-request.ts'
import { makeLeaf } from './leaf.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { IdentityKey } from '../../transports/libp2p/identity/identity-key.ts'
import type { JoinToken } from './join-token.ts'
import type { Leaf } from './leaf.ts'

/** Takes a request to a join desk and brings its answer, over a channel whose other end has proven itself. */
export type AskDesk = (request: Uint8Array) => Promise<Uint8Array>

export interface Applicant {
  readonly identity: IdentityKey
  readonly clock: Clock
  /** See writeJoinRequest. */
  readonly binding: Uint8Array
}

/** What a node has got. */
export interface Grant {
  readonly leaf: Leaf
  /** All authorities to believe, in PEM. */
  readonly roots: readonly string[]
}

/**
 * Joins with a token. If the answer is lost the same node may ask again with the same token.
 * @throws {Fault} `token-expired` before anything is sent · `join-refused` · `join-malformed` · `authority-foreign` · those of `makeLeaf`
 */
export async function requestJoin(token: JoinToken, applicant: Applicant, ask: AskDesk): Promise<Grant> {
  const { clock } = applicant
  if (clock.wall() >= token.endsMs) throw over(token.endsMs)
  const { id, secret, cluster, fingerprint } = token
  const right = { kind: 'token', token: { id, secret } } as const
  return exchange({ cluster, right, believes: (root) => fingerprintOf(root) === fingerprint }, applicant, ask)
}

/**
 * Asks for the next certificate with the one that is there; see `returnMsMax` for one that is over.
 * @param roots that are believed
 * @throws {Fault} `join-refused` · `join-malformed` · `authority-foreign` the answer's authority is none of them · those of `makeLeaf`
 */
export async function requestRenewal(
  former: { readonly leaf: Leaf; readonly cluster: string; readonly roots: readonly string[] },
  applicant: Applicant,
  ask: AskDesk,
): Promise<Grant> {
  const { leaf, cluster, roots } = former
  const right = { kind: 'renewal', former: leaf } as const
  return exchange({ cluster, right, believes: (root) => roots.includes(root) }, applicant, ask)
}

interface Exchange {
  readonly cluster: string
  readonly right: Parameters<typeof writeJoinRequest>[0]['right']
  /** Whether a root was believed before the answer came. */
  readonly believes: (root: string) => boolean
}

async function exchange(
  { cluster, right, believes }: Exchange,
  applicant: Applicant,
  ask: AskDesk,
): Promise<Grant> {
  const { identity, clock, binding } = applicant
  const leafKey = PrivateKey.make('ml-dsa-65')
  const answer = readJoinAnswer(await ask(writeJoinRequest({ cluster, identity, leafKey, right }, binding)))
  if (answer.kind === 'refused') throw refusal(answer)
  const { certificate, roots } = answer
  const believed = roots.filter(believes)
  if (believed.length === 0) throw foreignAuthority()
  // By a root that was believed before: only its owner can have signed a key that was made a moment ago, and so the other root is its word too.
  const leaf = makeLeaf(leafKey, certificate, {
    cluster,
    peer: identity.peer,
    roots: believed,
    nowMs: clock.wall(),
  })
  return { leaf, roots }
}

function over(endsMs: number): Fault {
  return new Fault(
    'token-expired',
    `Cannot join: the token has expired at ${new Date(endsMs).toISOString()}`,
    {
      hint: 'Make a new token with "cluster token", and compare the clocks of both machines.',
    },
  )
}

function foreignAuthority(): Fault {
  return new Fault(
    'authority-foreign',
    'Cannot use the answer: it comes from an authority that this node does not know',
    {
      hint: 'Make a new token on a node of the cluster, and check the addresses in it.',
    },
  )
}
