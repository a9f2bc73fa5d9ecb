// Tearing: which sectors of a write reach the disk when the machine falls in the middle of it.
import type { Random } from '../../runtime/random.ts'
import type { DiskContent } from './disk-content.ts'

/** What a disk writes whole or not at all. */
export const sectorBytes = 512

export interface FileWrite {
  readonly kind: 'write'
  readonly offset: number
  readonly bytes: Uint8Array
}

export type FileChange = FileWrite | { readonly kind: 'resize'; readonly length: number }

/** How many sectors the bytes lie in. */
export function sectorCount(offset: number, bytes: Uint8Array): number {
  if (bytes.byteLength === 0) return 0
  return Math.floor((offset + bytes.byteLength - 1) / sectorBytes) - Math.floor(offset / sectorBytes) + 1
}

/**
 * Writes a part: the first sectors, the last ones or any of them, but neither none nor all; and sometimes the file gets its length, with
 * zeros where the rest should be. Of a single sector there is only the length.
 */
export function tear(content: DiskContent, { offset, bytes }: FileWrite, random: Random): void {
  const end = offset + bytes.byteLength
  const count = sectorCount(offset, bytes)
  const first = Math.floor(offset / sectorBytes)
  const isKept = count > 1 ? chosen(count, random) : () => false
  const isLong = count === 1 || random.integer(4) === 0
  if (isLong && end > content.length) content.resize(end)
  for (let i = 0; i < count; i++) {
    const from = Math.max(offset, (first + i) * sectorBytes)
    const to = Math.min(end, (first + i + 1) * sectorBytes)
    if (isKept(i)) content.write(bytes.subarray(from - offset, to - offset), from)
  }
}

/** Which of at least two sectors are written. */
function chosen(count: number, random: Random): (index: number) => boolean {
  const cut = 1 + random.integer(count - 1)
  switch (random.integer(3)) {
    case 0:
      return (index) => index < cut
    case 1:
      return (index) => index >= cut
  }
  const [kept, lost] = [random.integer(count), 1 + random.integer(count - 1)]
  const coins = Array.from({ length: count }, () => random.integer(2) === 0)
  coins[kept] = true
  coins[(kept + lost) % count] = false
  return (index) => coins[index] === true
}
