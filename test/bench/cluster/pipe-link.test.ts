// Tests of the limit's link between processes: what is told arrives once and in order, however the pipe cuts it.
import { expect, test } from 'vitest'
import { PipeLink } from '../../../bench/limit/cluster/pipe-link.ts'
import type { Pipe } from '../../../bench/limit/cluster/pipe.ts'

test.each([1, 7, 4_096, 1_000_000])(
  'messages arrive in order over a pipe that brings %i bytes at a time',
  async (pieceBytes) => {
    const told = Array.from({ length: 200 }, (_, index) => ({ index, text: 'x'.repeat(index) }))
    const heard: unknown[] = []
    const { promise, resolve } = Promise.withResolvers<void>()
    const [one, other] = pipes(pieceBytes)
    new PipeLink(other).listen((to, kind, payload) => {
      heard.push([to, kind, payload])
      if (heard.length === told.length) resolve()
    })
    const link = new PipeLink(one)
    for (const message of told) link.tell(1, message.index % 64, message)
    await promise
    expect(heard).toEqual(told.map((message) => [1, message.index % 64, message]))
  },
)

test('a message larger than a slab arrives between its neighbours', async () => {
  const told = [new Uint8Array([1]), new Uint8Array(200_000).fill(2), new Uint8Array([3])]
  const heard: unknown[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const [one, other] = pipes(65_536)
  new PipeLink(other).listen((_to, _kind, payload) => {
    if (heard.push(payload) === told.length) resolve()
  })
  const link = new PipeLink(one)
  for (const bytes of told) link.tell(0, 0, bytes)
  await promise
  expect(heard.map((bytes) => [...(bytes as Uint8Array)])).toEqual(told.map((bytes) => [...bytes]))
})

/** What one end writes the other hears, in pieces of so many bytes. */
function pipes(pieceBytes: number): readonly [Pipe, Pipe] {
  let hear: (bytes: Uint8Array) => void = () => undefined
  const one: Pipe = {
    write: (bytes) => {
      for (let at = 0; at < bytes.byteLength; at += pieceBytes) hear(bytes.subarray(at, at + pieceBytes))
    },
    listen: () => undefined,
  }
  const other: Pipe = {
    write: () => undefined,
    listen: (listener) => {
      hear = listener
    },
  }
  return [one, other]
}
