// The tasks that change a node's keys: found a cluster, make a token, join, revoke, rotate.
import { addressesOf, bookOf, keyOptions, tokenFrom, withNewKey } from './trust-desk.ts'
import { duration, file, flag, option, optionOr, repeated, text } from '../verbs/parameter.ts'
import { escapeText } from '../../runtime/escape.ts'
import { Fault } from '../../runtime/fault.ts'
import { foundCluster, joinCluster, makeToken, revoke, rotateAuthority } from '../trust/cluster-verbs.ts'
import { leafLifeMsBounds } from '../trust/authority.ts'
import { readToken } from '../trust/join-token.ts'
import { tokenLifeMsBounds } from '../trust/token-shelf.ts'
import type { AuthorityStage } from '../trust/authority.ts'
import type { FolderInput, TrustTask } from './trust-task.ts'
import type { NewKeyInput, TokenInput, TrustDesk } from './trust-desk.ts'
import type { OpenCall } from '../cluster/call-desk.ts'
import type { Parameter } from '../verbs/parameter.ts'
import type { Style } from './style.ts'

interface Entered {
  readonly folder: string
  readonly cluster: string
  readonly peer: string
  /** Where the passphrase is, unless the environment says it. */
  readonly passphraseFile?: string
}

const makePassphrase: Parameter<string | undefined> = option(
  file('makes a passphrase, and this file for it, which is not there yet'),
)

interface InitInput extends FolderInput, NewKeyInput {
  readonly life: number | undefined
}

export const clusterInit: TrustTask<InitInput, Entered> = {
  name: 'cluster init',
  summary: 'Founds a cluster: makes its authority, and the keys of its first node.',
  details:
    'The folder is what the authority is: whoever has it and the passphrase lets nodes in. Keep a copy of both, and never two of it running.',
  risk: 'high',
  role: 'admin',
  parameters: {
    makePassphrase,
    life: option(
      duration('how long the certificates of nodes are good; default 24h', boundsOf(leafLifeMsBounds)),
    ),
  },
  examples: ['cluster init ./amsterdam --make-passphrase ./passphrase'],
  run: (desk, input) =>
    withNewKey(desk, input, async (options) => {
      const founded = await foundCluster(trustIn(input), { ...options, leafLifeMs: input.life })
      return entered(input, founded)
    }),
  print: (data, style) => enteredText(`cluster ${data.cluster} is founded`, data, style),
}

interface TokenTaskInput extends FolderInput {
  readonly address: readonly string[]
  readonly life: number | undefined
}

interface MadeToken {
  readonly token: string
  readonly addresses: readonly string[]
  readonly endsAt: string
}

export const clusterToken: TrustTask<TokenTaskInput, MadeToken> = {
  name: 'cluster token',
  summary: 'Makes a token by which one node may join once; also while the node of the folder runs.',
  details:
    'Prints nothing but the token, which is a secret. The node of the folder has to run, and be reached, when another one joins.',
  risk: 'high',
  role: 'admin',
  parameters: {
    address: repeated(
      option(
        text('where the node of the folder is reached: /ip4/10.0.0.1/tcp/4001; default where it was last'),
      ),
    ),
    life: option(duration('how long it is good; default 1h', boundsOf(tokenLifeMsBounds))),
  },
  examples: [
    'cluster token ./amsterdam',
    'cluster token ./amsterdam --address /ip4/10.0.0.1/tcp/4001 --life 10m',
  ],
  async run(desk, input) {
    const addresses = input.address.length > 0 ? input.address : await addressesOf(desk, input.folder)
    if (addresses.length === 0) throw noAddress(input.folder)
    const options = await keyOptions(desk, input)
    const token = await makeToken(trustIn(input), { ...options, addresses, lifeMs: input.life })
    return { token, addresses, endsAt: new Date(readToken(token).endsMs).toISOString() }
  },
  print: ({ token }) => token,
}

type JoinInput = FolderInput & NewKeyInput & TokenInput

export const clusterJoin: TrustTask<JoinInput, Entered> = {
  name: 'cluster join',
  summary: 'Joins a cluster with a token: makes the keys of a node and gets its first certificate.',
  details:
    'If it fails half way it may be tried again with the same token. Afterwards the node finds the cluster by itself.',
  risk: 'high',
  role: 'admin',
  parameters: {
    token: {
      ...option(text('what "troupe cluster token" has printed; - reads it from the pipe')),
      place: 'position',
    },
    tokenFile: option(file('holds the token, so that it does not stand in the list of processes')),
    makePassphrase,
  },
  examples: [
    'cluster join ./berlin --token-file ./token --make-passphrase ./passphrase',
    'cluster join ./berlin - --passphrase-file ./passphrase',
  ],
  async run(desk, input) {
    const token = await tokenFrom(desk, input)
    const { addresses } = readToken(token)
    return await withNewKey(desk, input, async (options) => {
      const calls: OpenCall[] = []
      const call = async (read: Parameters<TrustDesk['call']>[0]): Promise<OpenCall> => {
        const open = await desk.call(read)
        calls.push(open)
        return open
      }
      const joined = await joinCluster(trustIn(input), token, { ...options, call })
      for (const { peer } of calls) await remember(desk, input.folder, { peer, addresses })
      return entered(input, joined)
    })
  },
  print: (data, style) => enteredText(`joined cluster ${data.cluster}`, data, style),
}

interface RevokeInput extends FolderInput {
  readonly node: string
  readonly certificate: boolean
  readonly reason: string
}

interface Revoked {
  readonly kind: 'peer' | 'serial'
  readonly value: string
}

export const clusterRevoke: TrustTask<RevokeInput, Revoked> = {
  name: 'cluster revoke',
  summary: 'Revokes a node, or one certificate: nobody in the cluster speaks with it any more.',
  details:
    'Where the node of the folder runs it hears of it within seconds and tells all others; else it does with its next start.',
  risk: 'high',
  role: 'admin',
  parameters: {
    node: text('its name or its peer id, as "troupe cluster show" has them'),
    certificate: flag('NODE is the serial number of one certificate, and the node may get another one'),
    reason: optionOr(text('why, for those who come later'), 'revoked by an operator'),
  },
  examples: ['cluster revoke ./amsterdam berlin --reason "the machine was stolen"'],
  async run(desk, input) {
    const options = await keyOptions(desk, input)
    const revoked: Revoked = input.certificate
      ? { kind: 'serial', value: input.node }
      : { kind: 'peer', value: await peerOf(desk, input) }
    await revoke(trustIn(input), { ...revoked, reason: input.reason }, options)
    return revoked
  },
  print: ({ kind, value }, style) =>
    style.paint(
      'good',
      `${style.characters.ok} ${kind === 'peer' ? 'node' : 'certificate'} ${value} is revoked`,
    ),
}

interface Rotated {
  readonly stage: AuthorityStage
}

export const clusterRotate: TrustTask<FolderInput, Rotated> = {
  name: 'cluster rotate',
  summary: "Goes one step on in changing the authority's key; the node of the folder must not run.",
  details:
    'A change takes three steps. Let the cluster run for as long as a certificate is good after each: then all nodes have heard of it.',
  risk: 'high',
  role: 'admin',
  parameters: {},
  examples: ['cluster rotate ./amsterdam'],
  run: async (desk, input) => ({
    stage: await rotateAuthority(trustIn(input), await keyOptions(desk, input)),
  }),
  print: ({ stage }, style) =>
    `${style.paint('good', `${style.characters.ok} ${stage}`)}  ${stageText[stage]}`,
}

/** What each stage means to an operator. */
export const stageText: Readonly<Record<AuthorityStage, string>> = {
  steady: 'one key signs, and is believed',
  published: 'a second key is believed, the first one signs; rotate again once all certificates are renewed',
  switched:
    'the second key signs, the first one is still believed; rotate again once its certificates are over',
}

export function trustIn({ folder }: FolderInput): string {
  return `${folder}/trust`
}

function entered(
  { folder, makePassphrase: made, passphraseFile = made }: FolderInput & NewKeyInput,
  { cluster, peer }: { readonly cluster: string; readonly peer: string },
): Entered {
  return { folder, cluster, peer, ...(passphraseFile === undefined ? {} : { passphraseFile }) }
}

function enteredText(what: string, { folder, peer, passphraseFile }: Entered, style: Style): string {
  const passphrase = passphraseFile === undefined ? '' : ` --passphrase-file ${style.safe(passphraseFile)}`
  return [
    style.paint('good', `${style.characters.ok} ${what}`),
    `  this node is ${peer}`,
    `  start it with: troupe --cluster ${style.safe(folder)}${passphrase}`,
  ].join('\n')
}

async function remember(
  desk: TrustDesk,
  folder: string,
  { peer, addresses }: { readonly peer: string; readonly addresses: readonly string[] },
): Promise<void> {
  const book = await bookOf(desk, folder)
  const others = book.entries.filter((entry) => entry.peer !== peer)
  const own = addresses.filter(
    (address) => !/\/p2p\/[^/]+$/.test(address) || address.endsWith(`/p2p/${peer}`),
  )
  book.keep([...others, { peer, name: '', addresses: own }])
  await book.settled()
}

const peerForm = /^(?:12D3KooW|16Uiu2|Qm)[1-9A-HJ-NP-Za-km-z]{38,}$/

async function peerOf(desk: TrustDesk, { folder, node }: RevokeInput): Promise<string> {
  if (peerForm.test(node)) return node
  const { entries } = await bookOf(desk, folder)
  const found = entries.find(({ name }) => name === node)
  if (found !== undefined) return found.peer
  const names = entries.map(({ name }) => name).filter((name) => name !== '')
  const known = names.length === 0 ? 'nobody' : names.join(', ')
  throw new Fault(
    'node-unknown',
    `Cannot revoke "${escapeText(node, 100)}": the node of this folder knows ${known} by name`,
    { hint: 'Give the peer id of the node; "troupe cluster show" has those that are known.' },
  )
}

function boundsOf([min, max]: readonly [number, number]): { readonly min: number; readonly max: number } {
  return { min, max }
}

function noAddress(folder: string): Fault {
  return new Fault(
    'address-missing',
    `Cannot make a token: the node of "${escapeText(folder, 300)}" was never reached anywhere`,
    {
      hint: 'Start it once, or give --address ADDRESS.',
    },
  )
}
