// Completion: what Tab offers, made from the table of commands and from what lives now.
import { optionName, parametersOf } from '../verbs/usage.ts'
import { tokensOf } from './tokens.ts'
import type { Disk } from '../disk.ts'
import type { Cell } from '../../runtime/cell.ts'
import type { Node } from '../node.ts'
import type { AnyParameter } from '../verbs/parameter.ts'
import type { AnyCommand } from './command.ts'
import type { Token } from './tokens.ts'

/** Paths that are offered at once; more help nobody. */
export const offeredMax = 50
/** Siblings without a name that are looked at. */
const siblingsMax = 100_000

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
  const [name, ...given] = before
  if (name === undefined) return commands.map((command) => command.name).toSorted()
  const command = commands.find((known) => known.name === name.text)
  if (command === undefined) return []
  if (command.name === 'help') return commands.map((known) => known.name).toSorted()
  if (word.startsWith('-')) return optionsOf(command, given)
  const place = placeOf(command, given)
  return place === undefined ? [] : valuesFor(place.named, word, place.positions, sources)
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
      return pathsFrom(node, word)
    case 'definition':
      return node.definitions.list().map(({ definition }) => definition.name)
    case 'message':
      return node.runtime.cellAt(positions[0] ?? '')?.definition.messages() ?? []
    case 'choice':
      return parameter.choices ?? []
    case 'file':
      return filesFrom(disk, word)
    default:
      return []
  }
}

/** Paths of live actors: named ones from the registry, others from the siblings below what is typed. */
function pathsFrom(node: Node, word: string): string[] {
  const named = node.runtime.host.registry.startingWith(word, offeredMax)
  return [...new Set([...named, ...unnamedFrom(node, word)])].slice(0, offeredMax).toSorted()
}

function unnamedFrom(node: Node, word: string): string[] {
  const above = word.slice(0, Math.max(0, word.lastIndexOf('/')))
  const parent = above === '' || above === node.name ? node.runtime.guardian : node.runtime.cellAt(above)
  const found: string[] = []
  let looked = 0
  let child: Cell | undefined = parent?.firstChild
  for (; child !== undefined && looked < siblingsMax && found.length < offeredMax; child = child.next) {
    looked++
    if (typeof child.key === 'number' && child.path.startsWith(word)) found.push(child.path)
  }
  return found
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
