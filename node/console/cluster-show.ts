// The task `cluster show`: whose keys are in a folder, until when they are good, and whom they keep out.
import { addressesOf, bookOf, keyOptions } from './trust-desk.ts'
import { pairLines } from './pairs.ts'
import { readAuthority, readIdentity, readLeaf, readRoots } from '../trust/trust.ts'
import { readRevocations } from '../trust/revocations.ts'
import { stageText, trustIn } from './cluster-trust.ts'
import { timeText } from './time-text.ts'
import { TrustFolder } from '../trust/trust-folder.ts'
import type { AuthorityStage } from '../trust/authority.ts'
import type { BookEntry } from '../cluster/address-book.ts'
import type { FolderInput, TrustTask } from './trust-task.ts'
import type { Revocation } from '../trust/revocations.ts'
import type { Style } from './style.ts'

interface Shown {
  readonly cluster: string
  /** Empty while it has not begun to join. */
  readonly peer: string
  /** Of the node that has the authority's key. */
  readonly authority?: {
    readonly stage: AuthorityStage
    readonly fingerprint: string
    readonly certificateLifeMs: number
  }
  /** Missing while the node has not joined. */
  readonly certificate?: {
    readonly serial: string
    readonly endsAt: string
    readonly leftMs: number
  }
  readonly addresses: readonly string[]
  readonly peers: readonly BookEntry[]
  readonly revoked: readonly (Omit<Revocation, 'atMs'> & { readonly at: string })[]
}

export const clusterShow: TrustTask<FolderInput, Shown> = {
  name: 'cluster show',
  summary: 'Shows whose keys are in a folder, how long they are good, who is known and who is kept out.',
  risk: 'low',
  role: 'view',
  parameters: {},
  examples: ['cluster show ./amsterdam'],
  async run(desk, input) {
    const folder = await TrustFolder.open(trustIn(input), await keyOptions(desk, input))
    const nowMs = desk.clock.wall()
    const identity = await readIdentity(folder)
    const authority = await readAuthority(folder)
    const roots = authority?.roots ?? (await readRoots(folder))
    const { cluster } = folder
    const leaf =
      identity === undefined || roots === undefined
        ? undefined
        : await readLeaf(folder, { cluster, peer: identity.peer, roots, nowMs })
    const { entries } = await bookOf(desk, input.folder)
    return {
      cluster,
      peer: identity?.peer ?? '',
      ...(authority === undefined
        ? {}
        : {
            authority: {
              stage: authority.stage,
              fingerprint: authority.fingerprint,
              certificateLifeMs: authority.lifeMs,
            },
          }),
      ...(leaf === undefined
        ? {}
        : {
            certificate: {
              serial: leaf.serial,
              endsAt: new Date(leaf.endsMs).toISOString(),
              leftMs: leaf.endsMs - nowMs,
            },
          }),
      addresses: await addressesOf(desk, input.folder),
      peers: entries,
      revoked: (await readRevocations(folder)).map(({ kind, value, atMs, reason }) => {
        return { kind, value, reason, at: new Date(atMs).toISOString() }
      }),
    }
  },
  print: (shown, style) => pairLines(pairsOf(shown, style), style).join('\n'),
}

function pairsOf(shown: Shown, style: Style): [name: string, value: string][] {
  const { cluster, peer, authority, addresses, peers, revoked } = shown
  return [
    ['cluster', cluster],
    ['node', peer],
    ['certificate', certificateText(shown, style)],
    ['authority', authority === undefined ? '' : `${authority.stage}: ${stageText[authority.stage]}`],
    ['fingerprint', authority?.fingerprint ?? ''],
    ['addresses', addresses.map((address) => style.safe(address)).join('\n')],
    ['known', peers.map(({ name, peer: other }) => style.safe(`${name} ${other}`.trim())).join('\n')],
    [
      'revoked',
      revoked
        .map(({ kind, value, at, reason }) => `${kind} ${value}  ${at}  ${style.safe(reason)}`)
        .join('\n'),
    ],
  ]
}

function certificateText({ certificate }: Shown, style: Style): string {
  if (certificate === undefined) return style.paint('warning', 'none yet: the node has not joined')
  const { serial, endsAt, leftMs } = certificate
  return leftMs > 0
    ? `${serial}, good until ${endsAt}, for ${timeText(leftMs)}`
    : `${serial}, ${style.paint('warning', `over since ${endsAt}`)}`
}
