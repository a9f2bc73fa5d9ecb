// Memory files: a disk of whole files that is nothing but a table.
import { Fault } from '../../runtime/fault.ts'
import type { Disk } from '../../runtime/disk.ts'

export class MemoryFiles implements Disk {
  readonly #files = new Map<string, string>()

  read(path: string, bytesMax: number): Promise<string> {
    const text = this.#files.get(path)
    if (text !== undefined && text.length <= bytesMax) return Promise.resolve(text)
    const hint = 'Write it first.'
    return Promise.reject(
      new Fault('file-unreadable', `Cannot read "${path}": there is no such file`, { hint }),
    )
  }

  append(path: string, text: string): Promise<void> {
    return this.replace(path, (this.#files.get(path) ?? '') + text)
  }

  replace(path: string, text: string): Promise<void> {
    this.#files.set(path, text)
    return Promise.resolve()
  }

  list(path: string): Promise<string[]> {
    const begin = `${path}/`
    const names = [...this.#files.keys()].filter((file) => file.startsWith(begin))
    return Promise.resolve(
      [...new Set(names.map((file) => file.slice(begin.length).replace(/\/.*/, '/')))].toSorted(),
    )
  }
}
