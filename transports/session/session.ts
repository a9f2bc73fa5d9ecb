// A session: a wire between two incarnations of nodes over one stream after the other. What a stream loses the next one brings.
import { Fault } from '../../runtime/fault.ts'
import { invariant } from '../../runtime/invariant.ts'
import { helloBytes } from './hello.ts'
import { badStreamsMax, sessionRoomDefault } from './session-options.ts'
import { SessionStream, replacedError } from './session-stream.ts'
import { replaces } from './stream-choice.ts'
import { Traffic } from './traffic.ts'
import type { PeerStream } from '../../runtime/transport.ts'
import type { Frame, Lane, Wire, WireCounts, WireListener } from '../../runtime/wire.ts'
import type { Hello, Room } from './hello.ts'
import type { SessionOptions, SessionWatcher } from './session-options.ts'
import type { StreamOwner } from './session-stream.ts'
import type { StreamRank } from './stream-choice.ts'
import type { Malformed } from './unit.ts'

/**
 * Frames may be written before there is a stream, as many as there is credit for. The session lives until one side closes or cuts it, or
 * the other side no longer knows it: a stream that breaks ends nothing.
 */
export class Session implements Wire {
  readonly #options: SessionOptions
  readonly #room: Readonly<Record<Lane, Room>>
  readonly #traffic: Traffic
  /** Tells this end from one of the same name in a process before. */
  readonly #end: string
  #otherEnd: string | undefined = undefined
  #listener: WireListener | undefined = undefined
  #watcher: SessionWatcher = {}
  #current: SessionStream | undefined = undefined
  #rank: StreamRank | undefined = undefined
  /** Ends the stream before, which the other side uses until it hears of the current one. */
  #endRetired: () => void = () => undefined
  /** Dialled, and not answered yet; with their generations. */
  readonly #joining = new Map<SessionStream, number>()
  /** The newest stream's that was heard of. */
  #generation = 0
  /** This side, or the other one, writes nothing more. */
  #isEnding = false
  #isOtherEnding = false
  #ended: 'closed' | 'cut' | undefined = undefined
  readonly #malformed = new Map<Malformed, number>()
  #bad = 0
  readonly #owner: StreamOwner = this.#newOwner()

  constructor(options: SessionOptions) {
    const { clock, pool, random, room } = options
    this.#options = options
    this.#room = room ?? sessionRoomDefault
    this.#traffic = new Traffic({ clock, pool, room: this.#room })
    this.#end = [0, 0]
      .map(() =>
        random
          .integer(2 ** 32)
          .toString(16)
          .padStart(8, '0'),
      )
      .join('')
  }

  get id(): string {
    return this.#options.id
  }

  /** The stream that frames travel by; undefined while there is none. */
  get stream(): PeerStream | undefined {
    return this.#traffic.isReady ? this.#current?.stream : undefined
  }

  get ended(): 'closed' | 'cut' | undefined {
    return this.#ended
  }

  /** How many streams were given up, by reason. */
  get malformed(): ReadonlyMap<Malformed, number> {
    return this.#malformed
  }

  /** Begins to tell how the session fares. */
  watch(watcher: SessionWatcher): void {
    this.#watcher = watcher
  }

  write(lane: Lane, frame: Frame): boolean {
    return this.#isEnding || this.#ended !== undefined ? false : this.#traffic.write(lane, frame)
  }

  listen(listener: WireListener): void {
    invariant(this.#listener === undefined, 'A wire was given a second listener')
    this.#listener = listener
    if (this.#ended !== undefined) return this.#tellEnd(this.#ended)
    this.#options.clock.later(() => {
      if (this.#ended !== undefined) return
      this.#traffic.listen(listener)
      this.#endIfDone()
    })
  }

  close(): void {
    if (this.#isEnding || this.#ended !== undefined) return
    this.#isEnding = true
    this.#traffic.end()
  }

  cut(): void {
    if (this.#ended !== undefined) return
    this.#traffic.tell()
    const streams = [this.#current, ...this.#joining.keys()]
    this.#finish('cut')
    for (const stream of streams) stream?.refuse('session-cut', true)
  }

  counts(lane: Lane): WireCounts {
    return this.#traffic.counts(lane)
  }

  /** Says hello on a stream that this node has opened; the session goes on there once it is answered. */
  join(stream: PeerStream): void {
    if (this.#ended !== undefined) return stream.close()
    const joining = new SessionStream(stream, this.#options.clock, this.#owner)
    this.#generation++
    this.#joining.set(joining, this.#generation)
    this.#sayHello(joining, this.#generation)
  }

  /** Goes on with a stream that the other node has opened and said hello on. */
  accept(stream: SessionStream, hello: Hello): void {
    if (this.#ended !== undefined) return stream.refuse(`session-${this.#ended}`, true)
    const refusal = this.#refusalOf(hello, stream.stream)
    if (refusal !== undefined) return stream.refuse(refusal, refusal === 'session-unknown')
    const rank = { generation: hello.generation, isByLower: this.#options.peer < this.#options.self }
    if (!replaces(rank, this.#rank)) return stream.refuse('stream-superseded', false)
    stream.own(this.#owner)
    this.#adopt(stream, hello, rank)
    this.#sayHello(stream, hello.generation)
  }

  /** Gives the stream in use up; the other side hears of it as a break. */
  drop(why: Fault): void {
    const stream = this.#current
    if (stream === undefined) return
    stream.abort(why)
    this.#lost(stream, why, undefined)
  }

  #newOwner(): StreamOwner {
    const traffic = (): Traffic => this.#traffic
    return {
      hello: (stream, hello) => this.#answered(stream, hello),
      acknowledged: (state) => {
        const wasReady = traffic().isReady
        const reason = traffic().acknowledged(state)
        if (!wasReady && traffic().isReady && this.#current !== undefined)
          this.#watcher.attached?.(this.#current.stream)
        this.#endIfDone()
        return reason
      },
      segment: (flags, number, length) =>
        this.#isOtherEnding ? 'order' : traffic().segment(flags, number, length),
      piece: (bytes) => traffic().piece(bytes),
      end: () => this.#otherEnds(),
      prompt: () => traffic().asked(),
      refused: (stream, code, isFinal) => this.#refused(stream, code, isFinal),
      read: () => traffic().read(),
      drained: () => traffic().flush(),
      lost: (stream, why, reason) => this.#lost(stream, why, reason),
      isWaiting: () => traffic().isWaiting,
    }
  }

  #sayHello(stream: SessionStream, generation: number): void {
    const { id, greeting } = this.#options
    const hello = {
      session: id,
      end: this.#end,
      otherEnd: this.#otherEnd,
      generation,
      room: this.#room,
      greeting: greeting?.() ?? new Uint8Array(0),
    }
    stream.write(helloBytes(hello))
    stream.write(this.#traffic.acknowledgement())
  }

  /** The other side has answered on a stream that was dialled. */
  #answered(stream: SessionStream, hello: Hello): void {
    const generation = this.#joining.get(stream)
    this.#joining.delete(stream)
    if (generation === undefined || this.#ended !== undefined) return stream.close()
    const refusal = this.#refusalOf(hello, stream.stream)
    if (refusal !== undefined) {
      stream.refuse(refusal, refusal === 'session-unknown')
      return this.#watcher.refused?.(refusal, false)
    }
    const rank = { generation, isByLower: this.#options.self < this.#options.peer }
    if (replaces(rank, this.#rank)) this.#adopt(stream, hello, rank)
    else stream.close()
  }

  /** Why a stream cannot be the session's; undefined if it can. */
  #refusalOf(hello: Hello, stream: PeerStream): string | undefined {
    const { id, admits } = this.#options
    const isOther = this.#otherEnd !== undefined && hello.end !== this.#otherEnd
    const isMistaken = hello.otherEnd !== undefined && hello.otherEnd !== this.#end
    if (hello.session !== id || isOther || isMistaken) return 'session-unknown'
    if (isNarrower(hello.room.signals, this.#room.signals)) return 'session-narrow'
    if (isNarrower(hello.room.messages, this.#room.messages)) return 'session-narrow'
    return admits?.(hello.greeting, stream)
  }

  #adopt(stream: SessionStream, hello: Hello, rank: StreamRank): void {
    const old = this.#current
    this.#otherEnd = hello.end
    this.#current = stream
    this.#rank = rank
    this.#generation = Math.max(this.#generation, rank.generation)
    this.#isOtherEnding = false
    this.#traffic.adopt(stream)
    this.#endRetired()
    this.#endRetired = () => undefined
    if (stream.stream.isDialled) old?.abort(replacedError())
    else if (old !== undefined) this.#endRetired = old.retire()
  }

  #lost(stream: SessionStream, why: Fault | undefined, reason: Malformed | undefined): void {
    const isCurrent = stream === this.#current
    this.#joining.delete(stream)
    if (isCurrent) this.#leave()
    if (this.#ended !== undefined) return
    if (reason !== undefined) this.#countMalformed(reason)
    const fault = why ?? endedFault(stream.stream)
    if (isCurrent) this.#watcher.detached?.(fault)
    else this.#watcher.missed?.(fault)
  }

  #leave(): void {
    this.#current = undefined
    this.#rank = undefined
    this.#traffic.leave()
  }

  #refused(stream: SessionStream, code: string, isFinal: boolean): void {
    this.#joining.delete(stream)
    if (stream === this.#current) this.#leave()
    if (this.#ended !== undefined) return
    if (!isFinal) return this.#watcher.refused?.(code, false)
    // What still comes on a stream from before, as after a cut that was mended, is nobody's any more.
    const streams = [this.#current, ...this.#joining.keys()]
    // The other side ends in order only once it has everything, which includes the end of this side; its last word may be lost.
    this.#finish(code === 'session-closed' && this.#isOtherEnding ? 'closed' : 'cut')
    for (const other of streams) other?.abort(new Error('the session is over'))
    this.#watcher.refused?.(code, true)
  }

  #otherEnds(): void {
    this.#isOtherEnding = true
    this.#traffic.asked()
    this.close()
    this.#endIfDone()
  }

  /** Both sides write nothing more, and both were handed everything. */
  #endIfDone(): void {
    const traffic = this.#traffic
    if (this.#ended !== undefined || !this.#isOtherEnding || !traffic.isTaken || !traffic.isHandedOver) return
    traffic.tell()
    const stream = this.#current
    this.#finish('closed')
    stream?.close()
  }

  #finish(why: 'closed' | 'cut'): void {
    this.#ended = why
    this.#current = undefined
    this.#endRetired()
    for (const stream of why === 'closed' ? this.#joining.keys() : []) stream.close()
    this.#joining.clear()
    this.#traffic.finish(why === 'closed')
    if (this.#listener !== undefined) this.#tellEnd(why)
    this.#watcher.ended?.(why)
  }

  #tellEnd(why: 'closed' | 'cut'): void {
    this.#options.clock.later(() => this.#listener?.closed(why))
  }

  #countMalformed(reason: Malformed): void {
    const count = (this.#malformed.get(reason) ?? 0) + 1
    this.#malformed.set(reason, count)
    this.#watcher.malformed?.(reason, count)
    if (reason === 'silence' || reason === 'hello-late') return
    this.#bad++
    if (this.#bad % badStreamsMax === 0) this.#watcher.distrusted?.(this.#bad)
  }
}

function isNarrower(theirs: Room, ours: Room): boolean {
  return theirs.records < ours.records || theirs.bytes < ours.bytes
}

function endedFault({ peer, address }: PeerStream): Fault {
  return new Fault(
    'stream-broken',
    `Cannot go on with the stream to ${peer} at ${address}: the other side has closed it`,
    {
      hint: 'Wait: the line dials anew, and nothing is lost until the session ends.',
      details: { peer, address },
    },
  )
}
