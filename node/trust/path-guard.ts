// A path guard: says whether a path is its owner's alone. Secrets are read from and written to no other.
import { lstat, stat } from 'node:fs/promises'
import { escapeText } from '../../runtime/escape.ts'
import { Fault } from '../../runtime/fault.ts'
import { codeOf } from '../disk-trouble.ts'

export interface PathGuard {
  /**
   * Passes if the file or folder is not there, or if nobody but its owner can get at it.
   * @throws {Fault} `key-exposed`
   */
  check(path: string, kind: PathKind): Promise<void>
}

/** `secret`: a file that another program hands over, often as a link to where it changes it. */
export type PathKind = 'file' | 'folder' | 'secret'

/** What the system says of a path. */
export interface PathState {
  readonly kind: 'file' | 'folder' | 'link' | 'other'
  /** The bits of the permissions. */
  readonly mode: number
  readonly owner: number
}

/** For a disk in memory: it has neither modes nor other users. */
export const openGuard: PathGuard = { check: async () => {} }

/** The real PathGuard. */
export class SystemPathGuard implements PathGuard {
  async check(path: string, kind: PathKind): Promise<void> {
    const state = await stateOf(path, kind)
    // The superuser reads everything anyway, and often keeps what it gives to others.
    const user = process.getuid?.()
    const flaw = state === undefined ? undefined : flawOf(state, kind, user === undefined ? [] : [user, 0])
    if (flaw !== undefined) throw exposed(path, flaw, kind)
  }
}

/** What is wrong with it; undefined if nothing is. @param owners who may own it; nobody: the system has no owners */
export function flawOf(state: PathState, kind: PathKind, owners: readonly number[]): string | undefined {
  const wanted = kind === 'folder' ? 'folder' : 'file'
  if (state.kind === 'link') return 'it is a symbolic link'
  if (state.kind !== wanted) return `it is no ${wanted}`
  // There are no owners where the modes are made up.
  if (owners.length === 0) return undefined
  if (!owners.includes(state.owner)) return `it belongs to user ${state.owner}`
  const mode = (state.mode & 0o777).toString(8)
  return (state.mode & 0o077) === 0 ? undefined : `its mode is ${mode}, so that others may use it`
}

async function stateOf(path: string, kind: PathKind): Promise<PathState | undefined> {
  try {
    const state = kind === 'secret' ? await stat(path) : await lstat(path)
    const isLink = state.isSymbolicLink()
    const plain = state.isFile() ? 'file' : state.isDirectory() ? 'folder' : 'other'
    return { kind: isLink ? 'link' : plain, mode: state.mode, owner: state.uid }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw exposed(path, `the system says ${codeOf(error) ?? 'nothing'}`, kind)
  }
}

function exposed(path: string, flaw: string, kind: PathKind): Fault {
  const mode = kind === 'folder' ? '700' : '600'
  return new Fault('key-exposed', `Cannot use "${escapeText(path, 300)}": ${flaw}`, {
    hint: `Find out who had access, then put a ${kind === 'folder' ? 'folder' : 'file'} of your own with mode ${mode} there.`,
    details: { path },
  })
}
