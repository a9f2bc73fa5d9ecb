// Following: how a node takes the log from a leader, entry by entry or as a snapshot.
import { crc32 } from 'node:zlib'
import { invariant } from '../../../runtime/invariant.ts'
import { decodeSnapshot } from './snapshot.ts'
import type { Append, Chunk } from './message.ts'
import type { RaftState } from './raft-state.ts'

interface Arriving {
  readonly from: number
  readonly index: number
  readonly term: number
  readonly size: number
  readonly crc: number
  /** The pieces so far; put together when all are there, so that a size that is only said takes no memory. */
  readonly pieces: Uint8Array[]
  received: number
}

export class Following {
  readonly #state: RaftState
  #arriving: Arriving | undefined
  snapshotsTaken = 0

  constructor(state: RaftState) {
    this.#state = state
  }

  /** Rules 19 to 23. The message is of the leader of this term. */
  append(from: number, message: Append, now: number): void {
    const { log } = this.#state
    const { prevIndex, prevTerm, entries } = message
    const isHere = log.term(prevIndex) === prevTerm
    const isDecided = prevIndex <= this.#state.commit
    if (!isHere && !isDecided) return this.#mismatch(from, message, now)
    invariant(
      isHere || prevIndex < log.base.index,
      'A leader has another entry than the one that is decided here',
    )
    const isChanged = this.#take(message)
    const last = prevIndex + entries.length
    this.#state.commitTo(Math.min(message.commit, last))
    const index = isChanged ? last : Math.min(last, log.stable)
    const answer = { ...this.#answer(message, now), isMatch: true, index, hintTerm: 0 }
    if (isChanged) this.#state.out.sendSafe(from, answer)
    else this.#state.out.send(from, answer)
  }

  /** Rule 21: entries that are there stay; from the first other one on, the leader's take their place. */
  #take({ entries }: Append): boolean {
    const state = this.#state
    const { log } = state
    const fresh = entries.findIndex(({ index, term }) => index > log.base.index && log.term(index) !== term)
    if (fresh < 0) return false
    const first = entries[fresh]
    if (first !== undefined && first.index <= log.lastIndex) state.truncate(first.index)
    state.append(entries.slice(fresh))
    return true
  }

  #mismatch(from: number, message: Append, now: number): void {
    const { log, out } = this.#state
    const index = log.lastNotAbove(message.prevIndex, message.prevTerm)
    out.send(from, { ...this.#answer(message, now), isMatch: false, index, hintTerm: log.term(index) ?? 0 })
  }

  #answer(
    message: Append,
    now: number,
  ): {
    readonly type: 'appended'
    readonly term: number
    readonly round: number
    readonly sentAt: number
    readonly askedAt: number
    readonly prevIndex: number
    readonly canVote: boolean
  } {
    const { round, sentAt, prevIndex } = message
    const { term, canVote } = this.#state
    return { type: 'appended', term, round, sentAt, askedAt: now, prevIndex, canVote }
  }

  /** Rule 32: pieces in order; another one is answered with how far this one is. */
  chunk(from: number, chunk: Chunk, now: number): void {
    const state = this.#state
    const isKnown = chunk.index <= state.commit
    const arriving = this.#arrivingOf(from, chunk)
    if (!isKnown && chunk.offset === arriving.received) {
      // The message's bytes are the sender's: what is kept is a copy.
      arriving.pieces.push(chunk.data.slice())
      arriving.received += chunk.data.length
    }
    const isWhole = !isKnown && arriving.received === chunk.size
    if (isWhole) this.#complete(arriving)
    const isTaken = isKnown || (isWhole && state.commit >= chunk.index)
    const received = isTaken ? chunk.size : (this.#arriving?.received ?? 0)
    const { round, sentAt, index } = chunk
    const answer = { term: state.term, round, sentAt, askedAt: now, index, received }
    if (isTaken) this.#arriving = undefined
    state.out.sendSafe(from, { type: 'chunked', ...answer })
  }

  #arrivingOf(from: number, chunk: Chunk): Arriving {
    const old = this.#arriving
    const { index, lastTerm: term, size, crc } = chunk
    if (
      old?.from === from &&
      old.index === index &&
      old.term === term &&
      old.size === size &&
      old.crc === crc
    )
      return old
    this.#arriving = { from, index, term, size, crc, pieces: [], received: 0 }
    return this.#arriving
  }

  #complete(arriving: Arriving): void {
    this.#arriving = undefined
    const bytes = new Uint8Array(arriving.size)
    let at = 0
    for (const piece of arriving.pieces) {
      bytes.set(piece, at)
      at += piece.length
    }
    const snapshot = crc32(bytes) === arriving.crc ? decodeSnapshot(bytes) : undefined
    if (snapshot === undefined) return
    const isSame = snapshot.index === arriving.index && snapshot.term === arriving.term
    invariant(isSame, 'A snapshot is of another place than its leader has said')
    this.#state.install(snapshot)
    this.snapshotsTaken++
  }
}
