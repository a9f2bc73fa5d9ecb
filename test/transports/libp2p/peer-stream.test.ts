// Tests of the streams of libp2p: they keep the contract directly and through a relay, and what upstream does wrong does not reach them.
import { afterAll, beforeAll, describe } from 'vitest'
import { peerStreamContract } from '../../contracts/peer-stream-contract.ts'
import { Town } from './town.ts'
import type { TestNode } from './town.ts'

let town: Town
let near: TestNode
let far: TestNode
let local: TestNode

beforeAll(async () => {
  town = new Town()
  near = await town.node()
  far = await town.node()
  const relay = await town.node({ isRelay: true })
  local = await town.node({ listen: [], relays: [relay.address] })
})

afterAll(async () => {
  await town[Symbol.asyncDispose]()
})

describe('direct', () => {
  peerStreamContract(async () => await town.pair(near, far))
})

describe('on a connection for bulk', () => {
  peerStreamContract(async () => await town.pair(far, near, 'bulk'))
})

describe('through a relay', () => {
  peerStreamContract(async () => await town.pair(near, local))
})
