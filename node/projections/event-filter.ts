// An event filter: whose events, and with which tags, somebody wants to read.
import { Fault } from '../../runtime/fault.ts'
import { recordTagsMax } from '../../runtime/journal.ts'
import { pathBytesMax } from '../../runtime/path.ts'
import { actorGlob } from './actor-glob.ts'
import { shownValue } from './shown-value.ts'
import type { OldEvent } from '../../runtime/actor.ts'
import type { JournalRecord } from '../../runtime/journal.ts'

/** What a path may have, and the star. */
const globCharacters = /^[\w.:@+=,~$*/-]+$/
/** Whose records are no actor's. */
export const ownPrefix = '$projection/'

/** What is taken of a definition. */
export interface FilterDefinition {
  readonly name: string
  readonly spec?: {
    readonly events?: unknown
    readonly eventVersions?: unknown
    upcast?(event: OldEvent): UpcastEvent | undefined
  }
}

/** What an old event has become. */
export interface UpcastEvent {
  readonly name: string
  readonly payload?: unknown
}

/** Everything that is named has to fit. */
export interface EventFilter {
  /** A path such as `bank/ada`; `*` stands for any characters of one segment, `**` for any segments. */
  readonly actor?: string | undefined
  /** At least one of them, 1 to 16. */
  readonly tags?: readonly string[] | undefined
  /** Its entities, whose paths begin with its name; their old events go through its `upcast`. */
  readonly definition?: FilterDefinition | undefined
}

/** A filter that was checked. */
export interface Sieve {
  /** For the journal, which finds by them. */
  readonly tags: readonly string[] | undefined
  takes(record: JournalRecord): boolean
}

/** @throws {Fault} `filter-invalid` */
export function sieveOf({ actor, tags, definition }: EventFilter, attempt: string): Sieve {
  checkTags(tags, attempt)
  const fits = [
    ...(actor === undefined ? [] : [actorGlob(checkedGlob(actor, attempt))]),
    ...(definition === undefined ? [] : [actorGlob(`${checkedName(definition, attempt)}/**`)]),
  ]
  return {
    tags: tags === undefined ? undefined : [...tags],
    takes: ({ id, kind }) => kind !== 'snapshot' && !id.startsWith(ownPrefix) && fits.every((fit) => fit(id)),
  }
}

function checkedGlob(glob: unknown, attempt: string): string {
  const isGood = typeof glob === 'string' && glob.length <= pathBytesMax && globCharacters.test(glob)
  if (isGood) return glob
  throw refused(attempt, `the actor is ${shownValue(glob)}, not a path with or without stars`)
}

function checkedName(definition: FilterDefinition, attempt: string): string {
  const { name } = Object(definition) as { name?: unknown }
  if (typeof name === 'string' && name !== '') return name
  throw refused(attempt, 'the definition has no name')
}

function checkTags(tags: unknown, attempt: string): void {
  if (tags === undefined) return
  const isList = Array.isArray(tags) && tags.length > 0 && tags.length <= recordTagsMax
  if (!isList) throw refused(attempt, `the tags are not a list of 1 to ${recordTagsMax} texts`)
  for (const tag of tags as unknown[])
    if (typeof tag !== 'string' || tag === '')
      throw refused(attempt, `the tag ${shownValue(tag)} names nothing`)
}

function refused(attempt: string, flaw: string): Fault {
  return new Fault('filter-invalid', `Cannot ${attempt}: ${flaw}`, {
    hint: "Filter by an actor such as 'bank/*', by tags such as ['money'], or by a definition.",
  })
}
