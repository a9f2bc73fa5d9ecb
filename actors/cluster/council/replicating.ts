// Replicating: what a leader sends to one follower, so that the follower's log becomes its own.
import { crc32 } from 'node:zlib'
import { batchBytesMax, chunkBytesMax, entriesAtOnceMax } from './message.ts'
import { inflightBytesMax } from './progress.ts'
import { encodeSnapshot } from './snapshot.ts'
import type { Appended, Chunked } from './message.ts'
import type { Progress, Shipment } from './progress.ts'
import type { RaftState } from './raft-state.ts'

/** Heartbeats after which a piece of a snapshot that was not answered is sent again. */
const shipmentPatience = 4

export class Replicating {
  readonly #state: RaftState
  /** Messages of this leader so far. */
  round = 0
  hasLease = false
  snapshotsSent = 0

  constructor(state: RaftState) {
    this.#state = state
  }

  /** Rules 18, 20 and 24. Sends what the follower lacks, as far as it may be under way. @param limit the last entry it is sent */
  send(progress: Progress, limit: number, now: number): void {
    if (progress.shipment !== undefined) return
    if (progress.next <= this.#state.log.base.index) return this.#ship(progress, now)
    while (!progress.isPaused && progress.next <= limit && this.#hasRoom(progress)) {
      this.#append(progress, limit, now)
    }
    if (progress.commitSent < Math.min(this.#state.commit, progress.match)) this.#append(progress, 0, now)
  }

  /** Says that the leader is there, whatever is under way. */
  heartbeat(progress: Progress, now: number): void {
    const { shipment } = progress
    progress.isPaused = false
    if (shipment !== undefined && now - shipment.sentAt >= this.#state.timing.heartbeatMs * shipmentPatience)
      this.#sendPiece(progress, shipment, now)
    else this.#append(progress, 0, now)
  }

  #hasRoom(progress: Progress): boolean {
    const { log } = this.#state
    const bytes = log.bytesBehind(progress.match) - log.bytesBehind(progress.next - 1)
    return progress.isProbing || bytes < inflightBytesMax
  }

  #append(progress: Progress, limit: number, now: number): void {
    const { log, commit, term, out } = this.#state
    // While a snapshot is under way the place before the next entry is unknown here: nothing is compared then.
    const prevIndex = log.term(progress.next - 1) === undefined ? 0 : progress.next - 1
    const bytesMax = progress.isProbing ? chunkBytesMax : batchBytesMax
    const entries =
      limit === 0 ? [] : log.slice(progress.next, Math.min(limit, prevIndex + entriesAtOnceMax), bytesMax)
    if (progress.isProbing) progress.isPaused = entries.length > 0
    else progress.next += entries.length
    progress.commitSent = Math.min(commit, prevIndex + entries.length)
    const prevTerm = prevIndex === 0 ? 0 : (log.term(prevIndex) ?? 0)
    const head = { type: 'append', term, round: ++this.round, sentAt: now, echo: progress.askedAt } as const
    out.send(progress.member, { ...head, hasLease: this.hasLease, prevIndex, prevTerm, commit, entries })
  }

  /** An answer to entries. */
  appended(progress: Progress, answer: Appended): void {
    const { log } = this.#state
    if (answer.isMatch) {
      if (answer.index > log.lastIndex) return
      // An answer with less than the place asked about has not yet made all safe.
      if (answer.index >= answer.prevIndex) progress.matched(answer.index)
      else progress.match = Math.max(progress.match, answer.index)
      return
    }
    // Rule 20: what it answers has been answered otherwise since then.
    if (answer.prevIndex <= progress.match) return
    if (progress.isProbing && answer.prevIndex !== progress.next - 1) return
    progress.mismatched(log.lastNotAbove(Math.min(answer.index, answer.prevIndex - 1), answer.hintTerm) + 1)
  }

  #ship(progress: Progress, now: number): void {
    const { snapshot } = this.#state.log
    if (snapshot === undefined) return
    const bytes = encodeSnapshot(snapshot)
    progress.shipment = { snapshot, bytes, crc: crc32(bytes), offset: 0, sentAt: now }
    this.snapshotsSent++
    this.#sendPiece(progress, progress.shipment, now)
  }

  #sendPiece(progress: Progress, shipment: Shipment, now: number): void {
    const { snapshot, bytes, crc, offset } = shipment
    const { term, out } = this.#state
    shipment.sentAt = now
    const data = bytes.subarray(offset, offset + chunkBytesMax)
    const head = { type: 'chunk', term, round: ++this.round, sentAt: now, echo: progress.askedAt } as const
    const { index, term: lastTerm } = snapshot
    const size = bytes.length
    const message = { ...head, hasLease: this.hasLease, index, lastTerm, size, crc, offset, data }
    out.send(progress.member, message)
  }

  /** Rule 32. */
  chunked(progress: Progress, answer: Chunked, now: number): void {
    const { shipment } = progress
    if (shipment?.snapshot.index !== answer.index) return
    if (answer.received >= shipment.bytes.length) {
      progress.shipment = undefined
      progress.mismatched(answer.index + 1)
      progress.matched(answer.index)
      return
    }
    const isNews = answer.received !== shipment.offset
    shipment.offset = answer.received
    if (isNews) this.#sendPiece(progress, shipment, now)
  }
}
