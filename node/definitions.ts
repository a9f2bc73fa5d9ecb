// The definitions of a node: what can be spawned by name, and the files they came from.
import { pathToFileURL } from 'node:url'
import { resolve } from 'node:path'
import { ActorDefinition } from '../runtime/definition.ts'
import { escapeText } from '../runtime/escape.ts'
import { Fault } from '../runtime/fault.ts'
import { nearest } from '../runtime/nearest.ts'
import { describeThrown } from '../runtime/thrown.ts'
import { resolveOwnName } from './module-hooks.ts'

/** Definitions that a node may know. */
export const definitionsMax = 10_000

/** Names that a hint lists. */
const shownMax = 50

/** One definition and the module that it was loaded from. */
export interface LoadedDefinition {
  readonly definition: ActorDefinition
  readonly source: string
}

/** A module that is imported, and whose definitions are not known yet. */
export interface Prepared {
  readonly url: string
  /** Makes them known; returns their names, sorted. @throws {Fault} `definition-taken` `definitions-full` */
  keep(): string[]
}

export class Definitions {
  readonly #byName = new Map<string, LoadedDefinition>()
  /** How often each module failed to load. */
  readonly #failed = new Map<string, number>()

  /** All of them, sorted by name. */
  list(): LoadedDefinition[] {
    return [...this.#byName.values()].toSorted((a, b) => a.definition.name.localeCompare(b.definition.name))
  }

  /** The modules that they came from, in the order of their loads. */
  sources(): string[] {
    return [...new Set([...this.#byName.values()].map(({ source }) => source))]
  }

  /** The module that a loaded definition came from. */
  sourceOf(name: string): string | undefined {
    return this.#byName.get(name)?.source
  }

  /** The definition of that name, if it is loaded. */
  find(name: string): ActorDefinition | undefined {
    return this.#byName.get(name)?.definition
  }

  /** @throws {Fault} `definition-unknown` */
  get(name: string): ActorDefinition {
    const loaded = this.#byName.get(name)
    if (loaded !== undefined) return loaded.definition
    const known = [...this.#byName.keys()].toSorted()
    const near = nearest(name, known)
    const all =
      known.length === 0
        ? 'None is loaded: load a file with "load FILE".'
        : `Loaded are ${known.slice(0, shownMax).join(', ')}.`
    throw new Fault(
      'definition-unknown',
      `Cannot find a definition "${escapeText(name, 64)}": ${known.length} are loaded`,
      {
        hint: near === undefined ? all : `Did you mean "${near}"? ${all}`,
      },
    )
  }

  /**
   * Imports a module and keeps every definition that it exports.
   * @param file a path, resolved against the working directory, or a file URL
   * @returns the names found, sorted
   * @throws {Fault} `file-unloadable` it does not exist, does not parse or throws; names file and line. Mended, it can be loaded again
   * @throws {Fault} `file-empty` it exports no definition
   * @throws {Fault} `definition-taken` another file has a definition of that name
   */
  async load(file: string): Promise<string[]> {
    return (await this.prepare(file)).keep()
  }

  /** The same up to where they are kept: others may have to import the module too before. @throws {Fault} as `load` */
  async prepare(file: string): Promise<Prepared> {
    const url = file.startsWith('file:') ? file : pathToFileURL(resolve(file)).href
    const exported = await this.#import(file, url)
    const found = Object.values(exported).filter((value) => value instanceof ActorDefinition)
    if (found.length === 0) throw emptyFault(file, exported)
    const check = (): void => {
      for (const definition of found) this.#checkFree(definition, url, file)
    }
    check()
    return {
      url,
      keep: () => {
        check()
        for (const definition of found) this.#byName.set(definition.name, { definition, source: url })
        return found.map((definition) => definition.name).toSorted()
      },
    }
  }

  /** A module that failed once would fail for ever: the loader remembers it. Under another query it is a new one. */
  async #import(file: string, url: string): Promise<Record<string, unknown>> {
    resolveOwnName()
    const tries = this.#failed.get(url) ?? 0
    try {
      return (await import(tries === 0 ? url : `${url}?try=${tries}`)) as Record<string, unknown>
    } catch (error) {
      this.#failed.set(url, tries + 1)
      throw await loadFault(file, url, error)
    }
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
      throw new Fault(
        'definitions-full',
        `Cannot load "${file}": ${this.#byName.size} of ${definitionsMax} definitions are loaded`,
        {
          hint: 'Load fewer files into one node.',
        },
      )
    }
  }
}

async function loadFault(file: string, url: string, error: unknown): Promise<Fault> {
  const attempt = `Cannot load "${escapeText(file, 300)}"`
  const { code, url: missing } = Object(error) as { readonly code?: unknown; readonly url?: unknown }
  if (code === 'ERR_MODULE_NOT_FOUND' && typeof missing === 'string' && withoutTry(missing) === url) {
    return new Fault('file-unloadable', `${attempt}: there is no such file`, {
      hint: 'Check its path; it is taken from where the node was started.',
    })
  }
  if (code === 'ERR_UNSUPPORTED_DIR_IMPORT') {
    return new Fault('file-unloadable', `${attempt}: it is a folder`, {
      hint: 'Name the files in it, one by one.',
    })
  }
  const { name, message } = describeThrown(error)
  // Seldom needed, and what it stands on costs each thread a part of its start.
  const { placeOf } = await import('./load-place.ts')
  const place = await placeOf(error, url)
  const where = place === undefined ? '' : ` (${escapeText(place.file, 300)}:${place.line})`
  return new Fault(
    'file-unloadable',
    `${attempt}: ${message === '' ? name : `${name}: ${message}`}${where}`,
    {
      hint: 'Mend the file and load it again.',
      cause: error,
      ...(place === undefined ? {} : { details: { ...place } }),
    },
  )
}

function emptyFault(file: string, exported: Record<string, unknown>): Fault {
  const isForeign = Object.values(exported).some(isForeignDefinition)
  const names = Object.keys(exported)
  const what = names.length === 0 ? 'nothing' : names.slice(0, shownMax).join(', ')
  return new Fault(
    'file-empty',
    `Cannot load "${escapeText(file, 300)}": it exports no definition but ${escapeText(what, 300)}`,
    {
      hint: isForeign
        ? 'Its definitions come from another copy of this package: import them from "troupe".'
        : 'Export what defineActor or defineSupervisor returns.',
    },
  )
}

/** Made by another copy of this package, whose classes are not ours. */
function isForeignDefinition(value: unknown): boolean {
  const prototype: unknown =
    typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : undefined
  const maker: unknown =
    Object(prototype) === prototype ? Reflect.get(Object(prototype) as object, 'constructor') : undefined
  return typeof maker === 'function' && maker.name === ActorDefinition.name
}

function withoutTry(url: string): string {
  return url.replace(/\?try=\d+$/, '')
}
