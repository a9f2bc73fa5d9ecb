// The cluster that a command line names: the options of its node, and what does not go together.
import { basename, resolve } from 'node:path'
import { escapeText } from '../../runtime/escape.ts'
import { Fault } from '../../runtime/fault.ts'
import { isPath } from '../../runtime/path.ts'
import { argumentInvalid } from '../verbs/input.ts'
import { optionName } from '../verbs/usage.ts'
import type { ClusterOptions } from '../cluster/cluster-options.ts'
import type { MemberKind } from '../../actors/cluster/state/member.ts'
import type { ProgramInput } from './program.ts'

export type ClusterInput = Pick<
  ProgramInput,
  | 'cluster'
  | 'listen'
  | 'announce'
  | 'seed'
  | 'kind'
  | 'label'
  | 'relay'
  | 'discover'
  | 'passphraseFile'
  | 'name'
>

/** The environment variable that names the file with the passphrase; the passphrase itself never stands in one. */
export const passphraseVariable = 'TROUPE_PASSPHRASE_FILE'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Undefined for a node that is alone.
 * @throws {Fault} `trust-missing` it is to listen without keys · `argument-invalid` another option needs `--cluster`
 */
export function clusterFrom(input: ClusterInput, env: Environment): ClusterOptions | undefined {
  const { cluster, listen, announce, seed, kind, label, relay, discover } = input
  if (cluster === undefined) {
    refuseAlone(input)
    return undefined
  }
  const passphraseFile = input.passphraseFile ?? env[passphraseVariable]
  return {
    folder: resolve(cluster),
    ...(listen.length === 0 ? {} : { listen }),
    ...(announce.length === 0 ? {} : { announce }),
    ...(kind === undefined ? {} : { kind: kindFrom(kind) }),
    ...(passphraseFile === undefined || passphraseFile === '' ? {} : { passphraseFile }),
    seeds: seed,
    labels: label,
    relays: relay,
    isDiscovered: discover,
  }
}

const kinds: readonly MemberKind[] = ['initial', 'trusted', 'local', 'proxy']

function kindFrom(text: string): MemberKind {
  const kind = kinds.find((one) => one === text)
  if (kind !== undefined) return kind
  const place = { verb: 'troupe', name: '--kind' }
  throw argumentInvalid(place, text, 'a kind of node', `Give one of ${kinds.join(', ')}.`)
}

/** The name of the node: what was given, else that of its cluster's folder, if it can be one. */
export function nodeNameFrom({ name, cluster }: Pick<ProgramInput, 'name' | 'cluster'>): string | undefined {
  if (name !== undefined || cluster === undefined) return name
  const own = basename(resolve(cluster))
  return isPath(own) && !own.includes('$') ? own : undefined
}

const needCluster = ['announce', 'seed', 'kind', 'label', 'relay', 'discover', 'passphraseFile'] as const

function refuseAlone(input: ClusterInput): void {
  const [address] = input.listen
  if (address !== undefined) throw listensAlone(address)
  for (const name of needCluster) {
    const value = input[name]
    const isGiven = Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false
    if (!isGiven) continue
    throw new Fault(
      'argument-invalid',
      `Cannot run "troupe": --${optionName(name)} is given without --cluster, and the node is in no cluster`,
      {
        hint: 'Give --cluster FOLDER too, or leave it out.',
        details: { parameter: `--${optionName(name)}` },
      },
    )
  }
}

/** Nothing else listens: a node without keys has no door at all. */
function listensAlone(address: string): Fault {
  return new Fault(
    'trust-missing',
    `Cannot listen at "${escapeText(address, 100)}": there is no --cluster FOLDER with the node's keys, and no node is reached without`,
    {
      hint: 'Found a cluster with "troupe cluster init FOLDER", or join one, and start the node with --cluster FOLDER.',
    },
  )
}
