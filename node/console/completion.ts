// Completion: what Tab offers, made from the table of commands and from what lives now.
import { farPaths, nodeNames } from './far-offers.ts'
import { gather } from '../verbs/gather.ts'
import { info } from '../verbs/info.ts'
import { paths } from '../verbs/paths.ts'
import { perform } from '../verbs/perform.ts'
import { expired, within } from '../verbs/within.ts'
import { optionName, parametersOf } from '../verbs/usage.ts'
import { actsOf, called, firstWords } from './family.ts'
import { tokensOf } from './tokens.ts'
import type { Disk } from '../../runtime/disk.ts'
import type { Node } from '../node.ts'
import type { AnyParameter } from '../verbs/parameter.ts'
import type { AnyCommand } from './command.ts'
import type { Called } from './family.ts'
import type { Token } from './tokens.ts'

/** Paths that are offered at once; more help nobody. */
export const offeredMax = 50
/** How long Tab waits for other threads, in milliseconds. */
const offerMsMax = 200

/** What can be typed in the place of `word`, the last one of the line. */
export interface Completion {
  readonly word: string
  readonly offers: readonly string[]
}

export interface CompletionSources {
  readonly node: Node
  readonly disk: Disk
  readonly commands: readonly AnyCommand[]
}

type Named = [name: string, parameter: AnyParameter]

/** Completes a line up to the cursor. Never throws; offers nothing where it cannot help. */
export async function completion(line: string, sources: CompletionSources): Promise<Completion> {
  const tokens = readable(line)
  if (tokens === undefined) return { word: '', offers: [] }
  const last = tokens.at(-1)
  const isNew = last === undefined || last.end < line.length
  const word = isNew ? '' : last.text
  const before = isNew ? tokens : tokens.slice(0, -1)
  const offers = await offersFor(word, before, sources)
  return { word, offers: offers.filter((offer) => offer.startsWith(word)).slice(0, offeredMax) }
}

async function offersFor(
  word: string,
  before: readonly Token[],
  sources: CompletionSources,
): Promise<readonly string[]> {
  const { commands } = sources
  const [name] = before
  if (name === undefined) return firstWords(commands)
  if (name.text === 'help') return helpOffers(commands, before)
  const acts = before.length === 1 ? actsOf(commands, name.text) : []
  if (acts.length > 0 && !word.startsWith('-')) return acts.toSorted()
  const call = understood(commands, before)
  if (call === undefined) return []
  const { command, words: given } = call
  if (word.startsWith('-')) return optionsOf(command, given)
  const place = placeOf(command, given)
  return place === undefined ? [] : valuesFor(place.named, word, place.positions, sources)
}

function helpOffers(commands: readonly AnyCommand[], before: readonly Token[]): string[] {
  const [, family] = before
  return family === undefined ? firstWords(commands) : actsOf(commands, family.text).toSorted()
}

function understood(
  commands: readonly AnyCommand[],
  before: readonly Token[],
): Called<AnyCommand> | undefined {
  try {
    return called(commands, before)
  } catch {
    return undefined
  }
}

function optionsOf(command: AnyCommand, given: readonly Token[]): string[] {
  const options = parametersOf(command).flatMap(([name, { place }]) =>
    place === 'option' ? [`--${optionName(name)}`] : [],
  )
  return [...options, '--json', '--help']
    .filter((option) => !given.some(({ text }) => text === option))
    .toSorted()
}

/** Which parameter the next word is for, and the positions before it. */
function placeOf(
  command: AnyCommand,
  given: readonly Token[],
): { readonly named: Named; readonly positions: readonly string[] } | undefined {
  const named = parametersOf(command)
  const positions: string[] = []
  for (let at = 0; at < given.length; at++) {
    const text = given[at]?.text ?? ''
    if (!text.startsWith('--')) {
      positions.push(text)
      continue
    }
    const option = named.find(([name, { place }]) => place === 'option' && `--${optionName(name)}` === text)
    if (option === undefined || option[1].kind === 'flag') continue
    if (at === given.length - 1) return { named: option, positions }
    at++
  }
  const next = named.filter(([, { place }]) => place === 'position')[positions.length]
  return next === undefined ? undefined : { named: next, positions }
}

async function valuesFor(
  [, parameter]: Named,
  word: string,
  positions: readonly string[],
  { node, disk }: CompletionSources,
): Promise<readonly string[]> {
  switch (parameter.kind) {
    case 'path':
      return await pathsFrom(node, word)
    case 'node':
      return nodeNames(node, word)
    case 'definition':
      return node.definitions.list().map(({ definition }) => definition.name)
    case 'message':
      return await messagesOf(node, positions[0] ?? '')
    case 'choice':
      return parameter.choices ?? []
    case 'file':
      return filesFrom(disk, word)
    default:
      return []
  }
}

/** Paths of live actors, in whatever thread and node. */
async function pathsFrom(node: Node, word: string): Promise<string[]> {
  const input = { start: word, limit: offeredMax }
  if (node.fleet === undefined) return paths.run(node, input)
  const signal = new AbortController().signal
  const [{ parts }, far] = await Promise.all([
    gather(node, paths, { input, signal, ms: offerMsMax }),
    farPaths(node, word),
  ])
  const found = [...parts.flatMap(({ data }) => data), ...far]
  return [...new Set(found)].toSorted().slice(0, offeredMax)
}

async function messagesOf(node: Node, path: string): Promise<readonly string[]> {
  const here = node.runtime.cellAt(path)
  if (here !== undefined || node.fleet === undefined) return here?.definition.messages() ?? []
  const name = node.fleet.office.homes.get(path)?.order.definition
  // All threads have the same definitions: of a root nobody has to be asked.
  if (name !== undefined) return node.definitions.find(name)?.messages() ?? []
  const { clock } = node.runtime.host
  const signal = new AbortController().signal
  const asked = Promise.resolve(perform(node, info, { actor: path }, { signal }))
  const found = await within(clock, { ms: offerMsMax, signal }, asked).catch(() => undefined)
  return found === expired || found === undefined ? [] : found.messages
}

async function filesFrom(disk: Disk, word: string): Promise<string[]> {
  const folder = word.slice(0, word.lastIndexOf('/') + 1)
  const names = await disk.list(folder === '' ? '.' : folder)
  return names.map((name) => `${folder}${name}`)
}

function readable(line: string): Token[] | undefined {
  try {
    return tokensOf(line)
  } catch {
    return undefined
  }
}
