// An encoder: admits payloads when they are sent, and packs those of one frame into one body.
import { Packr } from 'msgpackr'
import { Fault } from '../../runtime/fault.ts'
import { Admission } from './admission.ts'
import { pack } from './extension.ts'
import { plainBytes } from './plain.ts'
import type { Party } from '../../runtime/envelope.ts'

/** Shapes of records that one state of the codec remembers; msgpackr has places for 64, and beyond them it is fifty times slower. */
export const shapesMax = 48
/** States in a row that may fill up before their time; after them records are packed as maps, key by key. */
export const shortStatesMax = 4
/** Frames that a state should last. */
export const stateFramesMin = 256
/** Bytes of the memory that an encoder keeps for its next frame. */
export const scratchKeptMax = 1_048_576

/** With which it begins. */
const scratchBytes = 8_192

/** In the first byte of a body: the codec's state begins anew with this frame. */
export const resetFlag = 1

export interface Encoded {
  /** Valid until the next `encode`. */
  readonly bytes: Uint8Array
  /** Given away: whoever sends the frame moves them. */
  readonly attachments: ArrayBuffer[]
}

/** A message, as an attempt whose text is made only if it fails. */
export interface Attempt {
  readonly to: Party
  readonly name: string
}

const nothingMoved: readonly ArrayBuffer[] = []
const stateless = { useRecords: false, variableMapSize: true, useToJSON: false }

/** One lane's encoder. Unless it is stateless, its frames are for one decoder, all of them and in order. */
export class Encoder {
  readonly #isStateless: boolean
  readonly #attachFrom: number | undefined
  /** Made with the first frame, as is the memory for it: many lanes never carry one. */
  #packr: Packr | undefined = undefined
  #scratch = new Uint8Array(0)
  #isReset = false
  #framesOfState = 0
  #shortStates = 0
  #admittedBytes = 0
  #attachedBytes = 0

  /** @param options.isWhole for bodies that are kept: nothing travels beside them but what is moved. */
  constructor(options?: { isStateless?: boolean; isWhole?: boolean }) {
    this.#isStateless = options?.isStateless ?? false
    this.#attachFrom = options?.isWhole === true ? Infinity : undefined
  }

  /** About how many bytes of a body the payload takes that was admitted last, never fewer; a frame can be closed before it is too large. */
  get admittedBytes(): number {
    return this.#admittedBytes
  }

  /** How many of its bytes travel beside the body. */
  get attachedBytes(): number {
    return this.#attachedBytes
  }

  /**
   * Checks a payload when it is sent, and returns what stands for it in a list for `encode`: plain data itself, which is read again then;
   * anything else as a copy with the bytes that it has now.
   * @param attempt what failed if it fails: `tell "bank/ada" "deposit"`, or the message
   * @param transfer buffers of the payload that are taken away from the sender instead of being copied
   * @throws {Fault} `payload-unencodable` `payload-too-large` `transfer-invalid`
   */
  admit(
    payload: unknown,
    attempt: string | Attempt,
    transfer: readonly ArrayBuffer[] = nothingMoved,
  ): unknown {
    const bytes = transfer.length === 0 ? fastBytes(payload) : -1
    if (bytes >= 0) {
      this.#admittedBytes = bytes
      this.#attachedBytes = 0
      return payload
    }
    const admission = new Admission(attemptText(attempt), transfer, this.#attachFrom)
    const copy = admission.admit(payload)
    this.#admittedBytes = admission.bodyBytes
    this.#attachedBytes = admission.attachedBytes
    return copy
  }

  /**
   * Packs the first `count` of what was admitted. The frame must be sent, or `reset` called, and what was admitted goes into one frame only:
   * its attachments are given away with it.
   * @throws {Fault} `payload-unencodable` if a payload was changed meanwhile into what cannot be packed; the details have its `index`.
   *   Nothing was packed then: leave it out and encode again. `payload-too-large` if only all together cannot be packed.
   */
  encode(list: readonly unknown[], count: number): Encoded {
    const attachments: ArrayBuffer[] = []
    const row = list.length === count ? list : list.slice(0, count)
    const packr = (this.#packr ??= this.#newPackr())
    let packed: Uint8Array
    try {
      packed = pack(packr, row, attachments)
    } catch (error) {
      this.reset()
      throw unpackable(row, error)
    }
    const bytes = this.#withFlags(packed)
    if (!this.#isStateless) this.#renewIfFull(packr)
    return { bytes, attachments }
  }

  /** Begins a new state with the next frame: the one before was not sent. */
  reset(): void {
    if (this.#isStateless) return
    this.#packr = this.#newPackr()
    this.#isReset = true
    this.#framesOfState = 0
  }

  /** msgpackr's memory is overwritten by whoever packs next in this thread; so the frame is copied out at once. */
  #withFlags(packed: Uint8Array): Uint8Array {
    const size = packed.byteLength + 1
    let room = this.#scratch
    if (size > room.byteLength) {
      room = new Uint8Array(Math.max(size, Math.min(Math.max(size * 2, scratchBytes), scratchKeptMax)))
      if (room.byteLength <= scratchKeptMax) this.#scratch = room
    }
    room[0] = this.#isReset ? resetFlag : 0
    room.set(packed, 1)
    this.#isReset = false
    return room.subarray(0, size)
  }

  #renewIfFull(packr: Packr): void {
    this.#framesOfState++
    if (shapesOf(packr) <= shapesMax) return
    this.#shortStates = this.#framesOfState < stateFramesMin ? this.#shortStates + 1 : 0
    this.reset()
  }

  #newPackr(): Packr {
    if (this.#isStateless || this.#shortStates >= shortStatesMax) return new Packr({ ...stateless })
    return new Packr({ sequential: true, maxOwnStructures: 64, variableMapSize: true, useToJSON: false })
  }
}

function attemptText(attempt: string | Attempt): string {
  return typeof attempt === 'string' ? attempt : `send "${attempt.name}" to "${attempt.to.path}"`
}

/** A getter that throws on the fast road is named on the slow one. */
function fastBytes(payload: unknown): number {
  try {
    return plainBytes(payload)
  } catch {
    return -1
  }
}

/** How many shapes a state has taken up; msgpackr numbers them from 64. */
function shapesOf(packr: Packr): number {
  // Not in its types: the list of shapes, with the next number on it.
  const { structures } = packr as Packr & { structures?: { nextId?: number } }
  return (structures?.nextId ?? 64) - 64
}

/** Finds the payload that cannot be packed by packing each alone. */
function unpackable(row: readonly unknown[], error: unknown): Fault {
  const index = row.findIndex((payload) => !isPackable(payload))
  if (index >= 0) {
    return new Fault(
      'payload-unencodable',
      `Cannot encode a frame of ${row.length} payloads: number ${index} was changed after it was sent`,
      { hint: 'Leave a payload alone once it was sent, or send a copy.', details: { index }, cause: error },
    )
  }
  return new Fault(
    'payload-too-large',
    `Cannot encode a frame of ${row.length} payloads: each alone could be packed, all together could not`,
    { hint: 'Close a frame before its payloads take too many bytes together.', cause: error },
  )
}

function isPackable(payload: unknown): boolean {
  try {
    pack(new Packr({ ...stateless }), [payload], [])
    return true
  } catch {
    return false
  }
}
