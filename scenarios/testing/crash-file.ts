// An open file of a disk in memory.
import { diskFault } from '../../runtime/disk-fault.ts'
import { invariant } from '../../runtime/invariant.ts'
import type { DiskFile, OpenMode } from '../../runtime/disk.ts'
import type { Fault } from '../../runtime/fault.ts'
import type { DiskGate, DiskMishap, DiskVerb } from './disk-gate.ts'
import type { LayeredFile } from './layered-file.ts'

export class CrashFile implements DiskFile {
  readonly #gate: DiskGate
  readonly #file: LayeredFile
  readonly #path: string
  readonly #mode: OpenMode
  #closed: Promise<void> | undefined

  constructor(gate: DiskGate, file: LayeredFile, path: string, mode: OpenMode) {
    this.#gate = gate
    this.#file = file
    this.#path = path
    this.#mode = mode
  }

  write(bytes: Uint8Array, offset: number): Promise<number> {
    checkOffset(offset)
    return this.#pass('write', bytes.byteLength, {
      begin: ({ short = Infinity }) => {
        this.#checkWritable('write')
        const taken = bytes.slice(0, Math.max(1, short))
        this.#put(taken, offset)
        return () => {
          const isSame = Buffer.compare(taken, bytes.subarray(0, taken.byteLength)) === 0
          invariant(isSame, 'Bytes were changed while they were being written')
          return taken.byteLength
        }
      },
      fail: ({ written = 0 }) => this.#put(bytes.slice(0, written), offset),
    })
  }

  read(into: Uint8Array, offset: number): Promise<number> {
    checkOffset(offset)
    return this.#pass('read', into.byteLength, { begin: () => () => this.#file.seen.read(into, offset) })
  }

  sync(): Promise<void> {
    return this.#pass('sync', 0, {
      begin: () => {
        const last = this.#file.lastChange
        return () => this.#file.sync(last)
      },
      fail: ({ pending = 'kept' }) => this.#file.failSync(this.#file.lastChange, pending),
    })
  }

  truncate(length: number): Promise<void> {
    checkOffset(length)
    return this.#pass('truncate', length, {
      begin: () => {
        this.#checkWritable('truncate')
        this.#file.change({ kind: 'resize', length })
        return () => {}
      },
    })
  }

  size(): Promise<number> {
    return this.#pass('size', 0, { begin: () => () => this.#file.seen.length })
  }

  close(): Promise<void> {
    this.#closed ??= this.#gate.pass({ op: 'close', path: this.#path, begin: () => () => {} })
    return this.#closed
  }

  #pass<T>(op: DiskVerb, bytes: number, parts: Parts<T>): Promise<T> {
    if (this.#closed === undefined) return this.#gate.pass({ op, path: this.#path, bytes, ...parts })
    return Promise.reject(this.#fault(op, 'it was closed'))
  }

  #put(bytes: Uint8Array, offset: number): void {
    if (bytes.byteLength > 0) this.#file.change({ kind: 'write', offset, bytes })
  }

  #checkWritable(op: DiskVerb): void {
    if (this.#mode === 'read') throw this.#fault(op, 'it was opened for reading')
  }

  #fault(op: DiskVerb, reason: string): Fault {
    return diskFault(op, this.#path, 'other', { reason })
  }
}

interface Parts<T> {
  readonly begin: (mishap: DiskMishap) => () => T
  readonly fail?: (mishap: DiskMishap) => void
}

function checkOffset(offset: number): void {
  invariant(
    Number.isSafeInteger(offset) && offset >= 0,
    'An offset or length of a file was no whole number from 0 up',
  )
}
