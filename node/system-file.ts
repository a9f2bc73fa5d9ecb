// A system file: an open file as it really is, with one system call for each thing it is asked.
import { close, fdatasync, fstat, ftruncate, read, write, writeSync } from 'node:fs'
import { diskFault } from '../runtime/disk-fault.ts'
import { invariant } from '../runtime/invariant.ts'
import { systemDiskFault } from './disk-trouble.ts'
import type { DiskFile } from '../runtime/disk.ts'
import type { Fault } from '../runtime/fault.ts'

/**
 * Bytes that are written without a thread of the pool: into the system's memory that takes as long as the way there, and what waits for it
 * is a sync.
 */
export const writeAtOnceBytesMax = 65_536

/**
 * The real DiskFile. It uses the callbacks of node:fs: beside one write and one sync a FileHandle costs more than the rest of an append.
 *
 * The number of a closed file is given to the next one that is opened, and a write under way would go into that; so `close` waits.
 */
export class SystemFile implements DiskFile {
  readonly #fd: number
  readonly #path: string
  #underWay = 0
  #closed: PromiseWithResolvers<void> | undefined = undefined

  /** @param fd an open regular file, which is this object's from now on */
  constructor(fd: number, path: string) {
    this.#fd = fd
    this.#path = path
  }

  write(bytes: Uint8Array, offset: number): Promise<number> {
    checkOffset(offset)
    return this.#call<number>('write', (done) => {
      const end = (error: unknown, written: number): void => {
        // Nobody could loop on a write that writes nothing.
        const isStuck = error === null && written === 0 && bytes.byteLength > 0
        done(isStuck ? { code: 'no byte written' } : error, written)
      }
      if (bytes.byteLength <= writeAtOnceBytesMax) this.#writeAtOnce(bytes, offset, end)
      else write(this.#fd, bytes, 0, bytes.byteLength, offset, end)
    })
  }

  #writeAtOnce(bytes: Uint8Array, offset: number, end: (error: unknown, written: number) => void): void {
    let written: number
    try {
      written = writeSync(this.#fd, bytes, 0, bytes.byteLength, offset)
    } catch (error) {
      end(error, 0)
      return
    }
    end(null, written)
  }

  async read(into: Uint8Array, offset: number): Promise<number> {
    checkOffset(offset)
    let filled = 0
    while (filled < into.byteLength) {
      const count = await this.#readOnce(into, filled, offset + filled)
      if (count === 0) break
      filled += count
    }
    return filled
  }

  sync(): Promise<void> {
    return this.#call<void>('sync', (done) => fdatasync(this.#fd, (error) => done(error, undefined)))
  }

  truncate(length: number): Promise<void> {
    checkOffset(length)
    return this.#call<void>('truncate', (done) => {
      ftruncate(this.#fd, length, (error) => done(error, undefined))
    })
  }

  size(): Promise<number> {
    return this.#call<number>('measure', (done) => {
      fstat(this.#fd, (error, stat) => done(error, error === null ? stat.size : 0))
    })
  }

  close(): Promise<void> {
    if (this.#closed === undefined) {
      this.#closed = Promise.withResolvers()
      if (this.#underWay === 0) this.#close(this.#closed)
    }
    return this.#closed.promise
  }

  #readOnce(into: Uint8Array, at: number, offset: number): Promise<number> {
    return this.#call<number>('read', (done) => {
      read(this.#fd, into, at, into.byteLength - at, offset, done)
    })
  }

  #call<T>(attempted: string, start: (done: (error: unknown, value: T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#closed !== undefined) {
        reject(diskFault(attempted, this.#path, 'other', { reason: 'it was closed' }))
        return
      }
      this.#underWay++
      start((error, value) => {
        this.#underWay--
        if (error === null) resolve(value)
        else reject(this.#fault(attempted, error))
        if (this.#underWay === 0 && this.#closed !== undefined) this.#close(this.#closed)
      })
    })
  }

  #close({ resolve, reject }: PromiseWithResolvers<void>): void {
    close(this.#fd, (error) => {
      if (error === null || error === undefined) resolve()
      else reject(this.#fault('close', error))
    })
  }

  /** Whether what was written is on the disk, nobody knows after a sync that failed. */
  #fault(attempted: string, error: unknown): Fault {
    return systemDiskFault(attempted, this.#path, error, attempted === 'sync' ? 'unknown' : 'known')
  }
}

/** Node.js takes a negative offset for the current one. */
function checkOffset(offset: number): void {
  invariant(
    Number.isSafeInteger(offset) && offset >= 0,
    'An offset or length of a file was no whole number from 0 up',
  )
}
