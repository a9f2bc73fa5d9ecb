// The unsent: records that were taken back from a link whose other side has died, as travellers again.
import { Decoder } from '../codec/decoder.ts'
import { Encoder } from '../codec/encoder.ts'
import { Envelope } from '../../runtime/envelope.ts'
import { Far } from '../../runtime/far.ts'
import * as record from './record.ts'
import type { Origin } from '../../runtime/envelope.ts'
import type { Unsent } from './lane-writer.ts'
import type { Beside } from './record.ts'
import type { FarOffer, Traveller } from './traveller.ts'

/** What is needed to make a traveller of a record. */
export interface UnsentParts {
  nowMs(): number
  refAt(path: string): unknown
  /** Whoever waits for the answer to an ask; undefined if that one waits no more. */
  originOf(ask: AskRecord): Origin | undefined
  offerOf(offer: Omit<FarOffer, 'settle' | 'refuse'>): FarOffer
  /** This runtime's own number. */
  readonly thread: number
}

/** What a record says of its ask. */
export interface AskRecord {
  readonly id: number
  readonly dueMs: number
  readonly replyTo: number
  readonly chain: readonly number[]
}

/** Makes travellers of records, in their order; a `beside` record is put together with the one after it. */
export function travellersOf(unsent: readonly Unsent[], parts: UnsentParts): Traveller[] {
  const travellers: Traveller[] = []
  let beside: Beside | undefined
  for (const one of unsent) {
    if (one.kind === record.beside) beside = one.payload as Beside
    else if (one.kind === record.nothing) beside = undefined
    else if (one.kind >= record.tell) {
      const traveller = travellerOf(one, beside, parts)
      beside = undefined
      if (traveller !== undefined) travellers.push(traveller)
    }
  }
  return travellers
}

function travellerOf(unsent: Unsent, beside: Beside | undefined, parts: UnsentParts): Traveller | undefined {
  const { kind, hops, name, from, id, timeoutMs } = unsent
  const to = new Far(unsent.to)
  const sender = from === '' ? undefined : new Far(from)
  const replyTo = beside?.replyTo ?? parts.thread
  const via = beside?.via
  const dueMs = parts.nowMs() + timeoutMs
  const envelope = (origin: Origin | undefined): Envelope =>
    new Envelope(to, name, revived(unsent.payload, parts), sender, origin)
  switch (kind) {
    case record.tell:
      return { type: 'message', to, envelope: envelope(undefined), hops, via }
    case record.ask: {
      const origin = parts.originOf({ id, dueMs, replyTo, chain: beside?.chain ?? [] })
      return origin === undefined ? undefined : { type: 'message', to, envelope: envelope(origin), hops, via }
    }
    case record.offer:
      return {
        type: 'offer',
        to,
        offer: parts.offerOf({ to, envelope: envelope(undefined), dueMs, replyTo, id }),
        hops,
        via,
      }
    case record.stop:
      return { type: 'stop', to, hops, via }
    case record.flush:
      return { type: 'flush', to, id, replyTo }
    default:
      return undefined
  }
}

/** An admitted payload is in the codec's own form: encoded and decoded it is what was sent. */
function revived(admitted: unknown, parts: UnsentParts): unknown {
  const { bytes, attachments } = new Encoder({ isStateless: true }).encode([admitted], 1)
  const decoder = new Decoder({ refAt: (path) => parts.refAt(path), isStateless: true })
  return decoder.decode(bytes, attachments)[0]
}
