// The tree of this repository: its TypeScript files as they stand on the disk, without what is installed or built.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SourceFile } from './source-file.ts'

/** The root of the repository. */
export const root: string = join(import.meta.dirname, '../..')

const outside = ['node_modules', 'dist', 'coverage']

/** Paths of all files below a folder, from the root, with `/`; hidden folders are left out. */
export function pathsUnder(folder = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (!entry.isDirectory()) return [path]
    return entry.name.startsWith('.') || outside.includes(entry.name) ? [] : pathsUnder(path)
  })
}

export function readTree(): SourceFile[] {
  const paths = pathsUnder().filter((path) => path.endsWith('.ts'))
  return paths.map((path) => new SourceFile(path, readText(path)))
}

/** The text of a file; of one that is not there, nothing. */
export function readText(path: string): string {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
