// A session's stream: one stream between two nodes while a session talks on it, and the watch over what has to come on it.
import { Fault } from '../../runtime/fault.ts'
import { helloOf } from './hello.ts'
import { acknowledgementOf, codeOf, kinds, preamble, refuse } from './unit.ts'
import { UnitReader } from './unit-reader.ts'
import type { Alarm, Clock } from '../../runtime/clock.ts'
import type { PeerStream } from '../../runtime/transport.ts'
import type { Hello } from './hello.ts'
import type { Acknowledgement, Malformed } from './unit.ts'
import type { UnitListener } from './unit-reader.ts'

/** From the stream's beginning to its hello. */
export const helloMsMax = 5_000
/** Without a byte, where a unit has begun or an answer is due. */
export const silenceMsMax = 10_000

/** Hears what a stream says, after its hello. */
export interface StreamOwner {
  hello(stream: SessionStream, hello: Hello): void
  acknowledged(state: Acknowledgement): Malformed | undefined
  segment(flags: number, number: number, length: number): Malformed | undefined
  piece(bytes: Uint8Array): Malformed | undefined
  /** The other side writes nothing more. */
  end(): void
  /** The other side waits for room. */
  prompt(): void
  refused(stream: SessionStream, code: string, isFinal: boolean): void
  /** A piece of the stream has been read. */
  read(): void
  drained(): void
  /** Called once, unless this side has ended it. */
  lost(stream: SessionStream, why: Fault | undefined, reason: Malformed | undefined): void
  /** An answer is due. */
  isWaiting(): boolean
}

export class SessionStream implements UnitListener {
  readonly stream: PeerStream
  hello: Hello | undefined = undefined
  readonly #clock: Clock
  readonly #reader: UnitReader
  #owner: StreamOwner
  #isOver = false
  #hasBegun = false
  #alarm: Alarm | undefined = undefined
  /** Pieces that came; compared at an alarm with what it was when the alarm was set. */
  #heard = 0

  /** @param owner until `own` gives it another one */
  constructor(stream: PeerStream, clock: Clock, owner: StreamOwner) {
    this.stream = stream
    this.#clock = clock
    this.#owner = owner
    this.#reader = new UnitReader(this)
    this.#alarm = clock.alarm(clock.now() + helloMsMax, () => this.#helloLate())
    stream.listen({
      data: (bytes) => this.#take(bytes),
      drained: () => {
        if (!this.#isOver) this.#owner.drained()
      },
      closed: (fault) => {
        if (this.#isOver) return this.#alarm?.cancel()
        this.#stop()
        this.#owner.lost(this, fault === undefined ? undefined : brokenBy(fault, stream), undefined)
      },
    })
  }

  get isOver(): boolean {
    return this.#isOver
  }

  own(owner: StreamOwner): void {
    this.#owner = owner
  }

  write(bytes: Uint8Array): void {
    if (this.#isOver) return
    if (!this.#hasBegun) this.stream.write(preamble())
    this.#hasBegun = true
    this.stream.write(bytes)
  }

  /** An answer is due, or a part of a unit has come: what does not come in time ends the stream. */
  watch(): void {
    if (this.#alarm !== undefined || this.#isOver) return
    const heard = this.#heard
    this.#alarm = this.#clock.alarm(this.#clock.now() + silenceMsMax, () => {
      this.#alarm = undefined
      if (!this.#owner.isWaiting() && !this.#reader.isAmid) return
      if (this.#heard === heard) this.malformed('silence')
      else this.watch()
    })
  }

  /** Says why, and ends it. */
  refuse(code: string, isFinal: boolean): void {
    this.write(refuse(code, isFinal))
    this.close()
  }

  /** Ends it in order: what was written still leaves. */
  close(): void {
    if (this.#isOver) return
    this.#stop()
    this.stream.close()
  }

  /** Ends it at once: whatever was written and has not left comes again on another stream. */
  abort(why: Error): void {
    if (this.#isOver) return
    this.#stop()
    this.stream.abort(why)
  }

  /**
   * Listens no more, and leaves it to the other side to end it: who has dialled a better stream goes on with this one until the answer is
   * there. What it writes here meanwhile it writes there again.
   * @returns ends it now
   */
  retire(): () => void {
    const { stream } = this
    this.#stop()
    const end = (): void => {
      this.#alarm?.cancel()
      stream.abort(replacedError())
    }
    this.#alarm = this.#clock.alarm(this.#clock.now() + helloMsMax, end)
    return end
  }

  word(kind: number, flags: number, payload: Uint8Array): Malformed | undefined {
    if (kind === kinds.hello) return this.#helloCame(payload)
    if (kind === kinds.refuse) return this.#refuseCame(flags, payload)
    if (this.hello === undefined) return 'order'
    switch (kind) {
      case kinds.acknowledge: {
        const state = acknowledgementOf(payload)
        return state === undefined ? 'length' : this.#owner.acknowledged(state)
      }
      case kinds.end:
        this.#owner.end()
        return undefined
      case kinds.prompt:
        this.#owner.prompt()
        return undefined
      default:
        return 'kind'
    }
  }

  segment(flags: number, number: number, length: number): Malformed | undefined {
    if (this.hello === undefined) return 'order'
    return flags > 7 ? 'flags' : this.#owner.segment(flags, number, length)
  }

  piece(bytes: Uint8Array): Malformed | undefined {
    return this.#owner.piece(bytes)
  }

  malformed(reason: Malformed): void {
    if (this.#isOver) return
    this.#stop()
    const why = malformedFault(reason, this.stream)
    this.stream.abort(why)
    this.#owner.lost(this, why, reason)
  }

  #take(bytes: Uint8Array): void {
    if (this.#isOver) return
    this.#heard++
    this.#reader.take(bytes)
    if (this.#isOver) return
    if (this.#reader.isAmid) this.watch()
    this.#owner.read()
  }

  #helloCame(payload: Uint8Array): Malformed | undefined {
    const hello = helloOf(payload)
    if (hello === undefined || this.hello !== undefined) return 'hello'
    this.hello = hello
    this.#alarm?.cancel()
    this.#alarm = undefined
    this.#owner.hello(this, hello)
    return undefined
  }

  #refuseCame(flags: number, payload: Uint8Array): Malformed | undefined {
    const code = codeOf(payload)
    if (code === undefined) return 'frame'
    this.close()
    this.#owner.refused(this, code, (flags & 1) !== 0)
    return undefined
  }

  #helloLate(): void {
    this.#alarm = undefined
    this.malformed('hello-late')
  }

  #stop(): void {
    this.#isOver = true
    this.#reader.stop()
    this.#alarm?.cancel()
    this.#alarm = undefined
  }
}

/** What a stream is told that is not needed any more. */
export function replacedError(): Error {
  return new Error('another stream has taken its place')
}

function malformedFault(reason: Malformed, { peer, address }: PeerStream): Fault {
  if (reason === 'silence' || reason === 'hello-late') {
    return new Fault(
      'stream-silent',
      `Cannot wait for ${peer} at ${address} any longer: ${whatWas[reason]}`,
      {
        hint: 'Look whether the other node is alive and the way to it is open; the line dials anew.',
        details: { peer, address, reason },
      },
    )
  }
  return new Fault('stream-malformed', `Cannot read on from ${peer} at ${address}: ${whatWas[reason]}`, {
    hint: 'Look whether both nodes run versions that speak with each other; the line dials anew.',
    details: { peer, address, reason },
  })
}

function brokenBy(cause: Error, { peer, address }: PeerStream): Fault {
  if (Fault.is(cause)) return cause
  return new Fault(
    'stream-broken',
    `Cannot go on with the stream to ${peer} at ${address}: ${cause.message}`,
    {
      hint: 'Wait: the line dials anew, and nothing is lost until the session ends.',
      details: { peer, address },
      cause,
    },
  )
}

const whatWas: Readonly<Record<Malformed, string>> = {
  magic: 'it does not begin as a stream of a session does',
  version: 'the other side speaks no version of the protocol that is spoken here',
  kind: 'a unit is of an unknown kind',
  flags: 'a segment has unknown flags',
  head: 'the head of a unit is too short or too long',
  length: 'a unit is too short or too long',
  hello: 'its hello is none, or its second one',
  order: 'a unit came where it may not',
  sequence: 'segments are missing',
  frame: 'the parts of a frame do not make a whole',
  trailing: 'a frame has bytes behind its end',
  credit: 'more came than there was room for',
  acknowledgement: 'it acknowledges what was never sent',
  'hello-late': `no hello came within ${helloMsMax} ms`,
  silence: `nothing came for ${silenceMsMax} ms, where something was due`,
}
