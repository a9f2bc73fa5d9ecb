// Tests of a border: numbers of threads never leave their node, and what another node says of threads is not believed.
import { expect, test } from 'vitest'
import { Border, crosses, isNode } from '../../../transports/link/border.ts'
import { farChainMax } from '../../../transports/link/far-origin.ts'

function borderOf(member: number): Border {
  const border = new Border()
  border.member = member
  return border
}

const own = borderOf(4)

test('only a question between a thread and another node crosses', () => {
  expect([crosses(0, 2), crosses(-1, -2), crosses(2, -1), crosses(-1, 0)]).toEqual([false, false, true, true])
  expect([isNode(0), isNode(3), isNode(-3)]).toEqual([false, false, true])
})

test('to another node all threads are this node, to a thread all other nodes are the main one', () => {
  expect([0, 3, -7].map((one) => own.out(one, -2))).toEqual([-4, -4, -7])
  expect([0, 3, -7].map((one) => own.out(one, 1))).toEqual([0, 3, 0])
})

test('this node, said by another, is its main thread; a thread, said by another, is nobody', () => {
  expect([-4, -7, 0, 3].map((one) => own.in(one))).toEqual([0, -7, undefined, undefined])
})

test('what one node says the other reads as the same runtime', () => {
  const other = borderOf(9)
  expect(other.in(own.out(3, -9))).toBe(-4)
  expect(other.in(own.out(-9, -9))).toBe(0)
  expect(other.homeIn(own.homeOut({ top: 'x', thread: 2, epoch: 5 }, -9))).toEqual({
    top: 'x',
    thread: -4,
    epoch: 5,
  })
})

test.each([
  [null],
  ['x'],
  [{}],
  [{ top: 1, thread: -4, epoch: 1 }],
  [{ top: 'x', thread: -1.5, epoch: 1 }],
  [{ top: 'x', thread: -4, epoch: '1' }],
  [{ top: 'x', thread: 0, epoch: 1 }],
  [{ top: 'x', thread: 3, epoch: 1 }],
])('%j is no home', (value) => {
  expect(own.homeIn(value)).toBe(undefined)
})

test('of a call chain the runtimes are read anew and the numbers of asks are left alone', () => {
  const said = { replyTo: 3, chain: [2, 77, -9, 4], via: [0, -9] }
  expect(own.besideOut(said, -2)).toEqual({ replyTo: -4, chain: [-4, 77, -9, 4], via: [-4, -9] })
  expect(borderOf(9).besideIn({ replyTo: -4, chain: [-4, 77, -9, 4], via: [-4, -9] }, -4)).toEqual({
    replyTo: -4,
    chain: [-4, 77, 0, 4],
    via: [-4, 0],
  })
})

test('who says that somebody waits in a thread of this node is meant itself', () => {
  expect(own.besideIn({ replyTo: 2, chain: [3, 1], via: [1] }, -8)).toEqual({
    replyTo: -8,
    chain: [-8, 1],
    via: [-8],
  })
})

test('a chain from another node is cut where an honest one ends', () => {
  const chain = Array.from({ length: farChainMax * 4 }, () => -9)
  const read = own.besideIn({ chain, via: chain }, -9)
  expect([read.chain?.length, (read.via?.length ?? 0) <= farChainMax]).toEqual([farChainMax * 2, true])
})

test('what is left out stays out, and a parcel is not taken from another node by its number', () => {
  expect(own.besideOut({}, -2)).toEqual({})
  expect(own.besideOut({ parcel: 5 }, -2)).toEqual({ parcel: 5 })
  expect(own.besideIn({ parcel: 5 }, -2)).toEqual({})
})
