// The definitions of a node: what can be spawned by name, and the files they came from.
import { pathToFileURL } from 'node:url'
import { resolve } from 'node:path'
import { ActorDefinition } from '../runtime/definition.ts'
import { Fault } from '../runtime/fault.ts'

/** Definitions that a node may know. */
export const definitionsMax = 10_000

/** One definition and the module that it was loaded from. */
export interface LoadedDefinition {
  readonly definition: ActorDefinition
  readonly source: string
}

export class Definitions {
  readonly #byName = new Map<string, LoadedDefinition>()

  /** All of them, sorted by name. */
  list(): LoadedDefinition[] {
    return [...this.#byName.values()].toSorted((a, b) => a.definition.name.localeCompare(b.definition.name))
  }

  /** @throws {Fault} `definition-unknown` */
  get(name: string): ActorDefinition {
    const loaded = this.#byName.get(name)
    if (loaded !== undefined) return loaded.definition
    const known = [...this.#byName.keys()].toSorted().join(', ')
    throw new Fault('definition-unknown', `Cannot find a definition "${name}": ${this.#byName.size} are loaded`, {
      hint: known === '' ? 'Load a file with "load FILE".' : `Use one of: ${known}; or load another file with "load FILE".`,
    })
  }

  /**
   * Imports a module and keeps every definition that it exports.
   * @param file a path, resolved against the working directory, or a file URL
   * @returns the names found, sorted
   * @throws {Fault} `file-unloadable` it does not exist, does not parse or throws; names file and line
   * @throws {Fault} `file-empty` it exports no definition
   * @throws {Fault} `definition-taken` another file has a definition of that name
   */
  async load(file: string): Promise<string[]> {
    const url = file.startsWith('file:') ? file : pathToFileURL(resolve(file)).href
    const exported = await importModule(file, url)
    const found = Object.values(exported).filter((value) => value instanceof ActorDefinition)
    if (found.length === 0) {
      throw new Fault('file-empty', `Cannot load "${file}": it exports no definition`, {
        hint: 'Export what defineActor or defineSupervisor returns.',
      })
    }
    for (const definition of found) this.#checkFree(definition, url, file)
    for (const definition of found) this.#byName.set(definition.name, { definition, source: url })
    return found.map((definition) => definition.name).toSorted()
  }

  #checkFree(definition: ActorDefinition, source: string, file: string): void {
    const taken = this.#byName.get(definition.name)
    if (taken !== undefined && taken.definition !== definition) {
      throw new Fault(
        'definition-taken',
        `Cannot load "${file}": "${definition.name}" is defined by ${taken.source === source ? 'an earlier load of it' : taken.source}`,
        { hint: 'Give one of the two another name, or start a new node to run changed code.' },
      )
    }
    if (taken === undefined && this.#byName.size >= definitionsMax) {
      throw new Fault('definitions-full', `Cannot load "${file}": ${this.#byName.size} of ${definitionsMax} definitions are loaded`, {
        hint: 'Load fewer files into one node.',
      })
    }
  }
}

async function importModule(file: string, url: string): Promise<Record<string, unknown>> {
  try {
    return (await import(url)) as Record<string, unknown>
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error)
    throw new Fault('file-unloadable', `Cannot load "${file}": ${what}${placeOf(error, url)}`, {
      hint: 'Mend the file, or check its path.',
      cause: error,
    })
  }
}

/** The first line of that file in an error's stack, or the one that the parser names. */
function placeOf(error: unknown, url: string): string {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const at = stack.split(url)[1]
  const line = at === undefined ? undefined : /^:(\d+)/.exec(at)?.[1]
  return line === undefined ? '' : ` (line ${line})`
}
