// A round trip for tests: payloads admitted, encoded as one frame, and decoded on the other side.
import { Decoder } from '../../../transports/codec/decoder.ts'
import { Encoder } from '../../../transports/codec/encoder.ts'

export const attempt = 'tell "bank/ada" "deposit"'

/** Stands for a ref where a frame arrives. */
export interface Found {
  readonly found: string
}

/** Both ends of a lane. */
export class Lane {
  readonly encoder: Encoder
  readonly decoder: Decoder

  constructor(isStateless = false) {
    this.encoder = new Encoder({ isStateless })
    this.decoder = new Decoder({ isStateless, refAt: (path): Found => ({ found: path }) })
  }

  send(...payloads: unknown[]): unknown[] {
    const row = payloads.map((payload) => this.encoder.admit(payload, attempt))
    const { bytes, attachments } = this.encoder.encode(row, row.length)
    return this.decoder.decode(bytes, attachments)
  }
}
