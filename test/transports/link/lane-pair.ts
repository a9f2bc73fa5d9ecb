// A lane pair: the writer of a lane and its reader with a wire between them, and all that arrived.
import { Decoder } from '../../../transports/codec/decoder.ts'
import { Encoder } from '../../../transports/codec/encoder.ts'
import { Far } from '../../../runtime/far.ts'
import { LaneReader } from '../../../transports/link/lane-reader.ts'
import { LaneWriter } from '../../../transports/link/lane-writer.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { memoryWires } from '../../../transports/memory/memory-wire.ts'
import type { Arrival } from '../../../transports/link/lane-reader.ts'
import type { Unsent } from '../../../transports/link/lane-writer.ts'
import type { Fault } from '../../../runtime/fault.ts'
import type { Wire } from '../../../runtime/wire.ts'
import type { MemoryWireOptions } from '../../../transports/memory/memory-direction.ts'

export class LanePair {
  readonly clock: ManualClock = new ManualClock()
  readonly writer: LaneWriter
  readonly near: Wire
  readonly far: Wire
  /** Records of each frame that came. */
  readonly frames: number[] = []
  readonly arrived: Arrival<Far>[] = []
  readonly spoilt: { readonly unsent: Unsent; readonly fault: Fault }[] = []
  readonly #encoder = new Encoder()

  constructor(options: MemoryWireOptions = {}) {
    const { clock } = this
    const [near, far] = memoryWires(clock, options)
    this.near = near
    this.far = far
    this.writer = new LaneWriter({
      lane: 'messages',
      wire: near,
      clock,
      encoder: new Encoder(),
      spoilt: (unsent, fault) => void this.spoilt.push({ unsent, fault }),
    })
    near.listen({ frame: () => undefined, room: () => this.writer.room(), closed: () => undefined })
  }

  /** Begins to read; until then what is written stays on its way. */
  read(): void {
    const reader = new LaneReader<Far>({
      decoder: new Decoder({ refAt: (path) => path }),
      partyAt: (path) => new Far(path),
      arrived: (arrival) => void this.arrived.push({ ...arrival }),
    })
    this.far.listen({
      frame: (_lane, frame) => {
        this.frames.push(frame.count)
        reader.take(frame)
      },
      room: () => undefined,
      closed: () => undefined,
    })
  }

  tell(to: string | Far, payload: unknown, name = 'note'): void {
    const admitted = this.#encoder.admit(payload, 'tell')
    this.writer.tell(typeof to === 'string' ? new Far(to) : to, name, admitted, undefined)
    this.writer.grew(this.#encoder.admittedBytes)
  }

  get payloads(): unknown[] {
    return this.arrived.map(({ payload }) => payload)
  }
}
