// A link's reader: turns the frames of its wires into records, each in its place, and cuts a wire that cannot be read.
import { Decoder } from '../codec/decoder.ts'
import { Far } from '../../runtime/far.ts'
import { Fault } from '../../runtime/fault.ts'
import { LaneReader } from './lane-reader.ts'
import { Parcels } from './parcels.ts'
import type { Frame, Lane, Wire } from '../../runtime/wire.ts'
import type { Beside } from './record.ts'
import type { Arrival } from './lane-reader.ts'

export interface LinkReaderParts {
  /** What is read stands for itself; so it is from another node. */
  readonly isStateless: boolean
  refAt(path: string): unknown
  arrived(arrival: Arrival<Far>): void
}

export class LinkReader {
  readonly #lanes: Readonly<Record<Lane | 'bulk', LaneReader<Far>>>
  readonly #parcels: Parcels<Far>

  constructor(parts: LinkReaderParts) {
    this.#parcels = new Parcels((arrival) => parts.arrived(arrival))
    const missing = ({ parcel }: Beside): void => {
      if (parcel !== undefined) this.#parcels.missing(parcel)
    }
    const reader = (arrived: (arrival: Arrival<Far>) => void): LaneReader<Far> =>
      new LaneReader<Far>({
        decoder: new Decoder({ refAt: (path) => parts.refAt(path), isStateless: parts.isStateless }),
        partyAt: (path) => new Far(path),
        arrived,
        missing,
      })
    this.#lanes = {
      messages: reader((arrival) => this.#parcels.take(arrival)),
      signals: reader((arrival) => parts.arrived(arrival)),
      bulk: reader((arrival) => this.#parcels.came(arrival)),
    }
  }

  /** @param wire is cut if the frame cannot be read: numbers and shapes build on each other, and no other could be either */
  take(lane: Lane | 'bulk', frame: Frame, wire: Wire): void {
    const { body, attachments } = frame
    this.#parcels.frameBytes = attachments.reduce((sum, one) => sum + one.byteLength, body.byteLength)
    try {
      this.#lanes[lane].take(frame)
    } catch (error) {
      if (!Fault.is(error)) throw error
      wire.cut()
      return
    }
    if (this.#parcels.isCrowded) wire.cut()
  }
}
