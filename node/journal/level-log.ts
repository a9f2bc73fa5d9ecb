// LevelDB's own log, looked over before LevelDB reads it: it would pass over a damaged part and go on behind that, without a word.
import { Fault } from '../../runtime/fault.ts'
import type { DiskFile, DurableDisk } from '../../runtime/disk.ts'

/** The log is a row of blocks, and no fragment of a batch goes over the end of one. */
const blockBytes = 32_768
const headerBytes = 7
/** Blocks that are read at once. */
const blocksAtOnce = 32

/** A batch that fits is `full`; the parts of a longer one are `first`, `middle` and `last`. */
const [full, first, middle, last] = [1, 2, 3, 4]

/**
 * A log that ends too early is as good as an older one. One in which something is missing before what is there is not: the index would say
 * that it holds what it has lost. That is what a power failure may leave of a file that nobody has synced, whose blocks are written in any order.
 * @throws {Fault} `index-damaged` `disk-failed`
 */
export async function checkLevelLogs(disk: DurableDisk, folder: string): Promise<void> {
  const look = new Look()
  for (const name of await namesOf(disk, folder)) {
    const file = await disk.open(`${folder}/${name}`, 'read')
    try {
      if (!(await isWhole(file, look))) throw damaged(folder, name)
    } finally {
      await file.close()
    }
    look.endFile()
  }
}

async function namesOf(disk: DurableDisk, folder: string): Promise<string[]> {
  // LevelDB says what is wrong with a folder that cannot be listed.
  const names = await disk.names(folder).catch(() => [])
  return names.filter((name) => /^\d+\.log$/.test(name)).toSorted((a, b) => parseInt(a, 10) - parseInt(b, 10))
}

async function isWhole(file: DiskFile, look: Look): Promise<boolean> {
  const size = await file.size()
  const window = Buffer.alloc(blockBytes * blocksAtOnce)
  for (let at = 0; at < size; at += window.length) {
    const read = await file.read(window, at)
    for (let start = 0; start < read; start += blockBytes)
      if (!look.block(window.subarray(start, Math.min(start + blockBytes, read)))) return false
  }
  return true
}

/** What was seen so far, over all files. */
class Look {
  #isBroken = false
  #isWithin = false

  /** @returns false if it has something behind what is missing */
  block(block: Buffer): boolean {
    for (let at = 0; at + headerBytes <= block.length;) {
      const length = block.readUInt16LE(at + 4)
      const end = at + headerBytes + length
      const type = block[at + 6] ?? 0
      if (type < full || type > last || end > block.length || !hasRightSum(block, at, end)) {
        // The rest of the block is passed over with it.
        this.#isBroken = true
        return true
      }
      if (this.#isBroken || this.#isWithin !== (type === middle || type === last)) return false
      this.#isWithin = type === first || type === middle
      at = end
    }
    return true
  }

  endFile(): void {
    this.#isBroken ||= this.#isWithin
    this.#isWithin = false
  }
}

/** Four bytes for the sum of the type and the data, two for their length, one for the type. */
function hasRightSum(block: Buffer, at: number, end: number): boolean {
  let sum = -1
  for (let place = at + 6; place < end; place++)
    sum = (table[(sum ^ (block[place] ?? 0)) & 255] ?? 0) ^ (sum >>> 8)
  sum = ~sum
  // LevelDB turns sums round, so that the sum of something with a sum in it is none of a kind.
  const masked = (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0
  return masked === block.readUInt32LE(at)
}

/** Of CRC-32C, the sum that LevelDB uses; zlib's is another. */
const table: Int32Array = Int32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte
  for (let bit = 0; bit < 8; bit++) sum = (sum & 1) === 0 ? sum >>> 1 : (sum >>> 1) ^ 0x82f63b78
  return sum
})

function damaged(folder: string, name: string): Fault {
  return new Fault(
    'index-damaged',
    `Cannot read the index in "${folder}": something is missing in "${name}"`,
    {
      hint: 'Open the journal again: what is damaged is made anew from the log.',
      details: { folder },
    },
  )
}
