// A peer's wire: words and the link share a session, and nothing is read before what it refers to is known here.
import { expect, test } from 'vitest'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { memoryWires } from '../../../transports/memory/memory-wire.ts'
import { PeerWire } from '../../../node/cluster/peer-wire.ts'
import type { Frame } from '../../../runtime/wire.ts'

class End {
  readonly said: string[] = []
  readonly frames: number[] = []
  applied = 0
  waiting: { readonly index: number; readonly run: () => void }[] = []
  closed: string[] = []
  readonly peer: PeerWire

  constructor(session: ConstructorParameters<typeof PeerWire>[0]) {
    this.peer = new PeerWire(session, {
      word: (kind, bytes) => this.said.push(`${kind} ${new TextDecoder().decode(bytes)}`),
      closed: () => this.closed.push('session'),
      whenApplied: (index, run) => {
        if (this.applied >= index) run()
        else this.waiting.push({ index, run })
      },
    })
  }

  listen(): void {
    this.peer.wire.listen({
      frame: (_lane, frame) => this.frames.push(frame.words[4] ?? -1),
      room: () => undefined,
      closed: (why) => this.closed.push(why),
    })
  }

  apply(index: number): void {
    this.applied = index
    for (const { run } of this.waiting.splice(0)) run()
  }
}

function frame(id: number): Frame {
  return { words: Int32Array.of(4, 0, 0, 0, id, 0), count: 1, body: new Uint8Array(3), attachments: [] }
}

function bench(): { readonly clock: ManualClock; readonly a: End; readonly b: End } {
  const clock = new ManualClock()
  const [one, other] = memoryWires(clock)
  return { clock, a: new End(one), b: new End(other) }
}

test('words arrive before there is a link, and messages wait for it', async () => {
  const { clock, a, b } = bench()
  a.peer.wire.write('messages', frame(1))
  a.peer.say('council', new TextEncoder().encode('vote'))
  await clock.settle()
  expect([b.said, b.frames]).toEqual([['council vote'], []])
  b.listen()
  expect(b.frames).toEqual([1])
})

test('messages behind a barrier wait until its index is applied, and keep their order; those before it and signals do not', async () => {
  const { clock, a, b } = bench()
  b.listen()
  a.peer.wire.write('messages', frame(1))
  a.peer.refersTo(7)
  a.peer.wire.write('messages', frame(2))
  a.peer.refersTo(9)
  a.peer.wire.write('messages', frame(3))
  a.peer.wire.write('signals', frame(100))
  await clock.settle()
  expect(b.frames.toSorted()).toEqual([1, 100])
  b.apply(7)
  expect(b.frames.filter((id) => id < 100)).toEqual([1, 2])
  b.apply(9)
  a.peer.wire.write('messages', frame(4))
  await clock.settle()
  expect(b.frames.filter((id) => id < 100)).toEqual([1, 2, 3, 4])
})

test('the same index makes one barrier', async () => {
  const { clock, a, b } = bench()
  b.listen()
  a.peer.refersTo(5)
  a.peer.wire.write('messages', frame(1))
  a.peer.refersTo(5)
  a.peer.wire.write('messages', frame(2))
  await clock.settle()
  expect(b.waiting).toHaveLength(1)
})

test('the end of the session is told to the link and to the node', async () => {
  const { clock, a, b } = bench()
  b.listen()
  a.peer.cut()
  await clock.settle()
  expect(b.closed.toSorted()).toEqual(['cut', 'session'])
})
