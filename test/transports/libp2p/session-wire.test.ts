// The wire between nodes as it really is: a session over a stream of libp2p keeps the contract of a wire, as in memory and between threads.
import { afterAll, beforeAll, describe } from 'vitest'
import { Reception } from '../../../transports/session/reception.ts'
import { seededRandom } from '../../../runtime/random.ts'
import { Session } from '../../../transports/session/session.ts'
import { SlabPool } from '../../../transports/session/slab-pool.ts'
import { SystemClock } from '../../../node/system-clock.ts'
import { Town } from './town.ts'
import { wireContract } from '../../contracts/wire.ts'
import type { TestNode } from './town.ts'
import type { Wire } from '../../../runtime/wire.ts'

const clock = new SystemClock()
const random = seededRandom('sessions')
let town: Town
let near: TestNode
let far: TestNode
let count = 0

beforeAll(async () => {
  town = new Town()
  near = await town.node()
  far = await town.node()
})

afterAll(async () => {
  await town[Symbol.asyncDispose]()
})

/** Two ends at once; their stream comes when it stands. */
function connect(): [Wire, Wire] {
  const id = `session ${count++}`
  const pool = new SlabPool()
  const ends = { clock, pool, id }
  const one = new Session({
    ...ends,
    random: random.fork(`${id} one`),
    self: near.transport.peer,
    peer: far.transport.peer,
  })
  const other = new Session({
    ...ends,
    random: random.fork(`${id} other`),
    self: far.transport.peer,
    peer: near.transport.peer,
  })
  const reception = new Reception({ clock, welcome: () => other })
  void town.pair(near, far).then(([dialled, accepted]) => {
    reception.accept(accepted)
    one.join(dialled)
    // A session that was cut before it had a stream can tell nobody: whoever owns both ends does.
    if (one.ended === 'cut') other.cut()
    if (other.ended === 'cut') one.cut()
  })
  return [one, other]
}

describe('over post-quantum TLS', () => {
  wireContract(connect)
})
