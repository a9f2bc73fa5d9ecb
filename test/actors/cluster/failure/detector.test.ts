// Tests of the parts of a detector: rhythm, own lag, health, probes, and what is believed of a message.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BeatRhythm, phi } from '../../../../actors/cluster/failure/beat-rhythm.ts'
import { OwnLag } from '../../../../actors/cluster/failure/own-lag.ts'
import { PeerHealth } from '../../../../actors/cluster/failure/peer-health.ts'
import { Probes, pingsMax } from '../../../../actors/cluster/failure/probes.ts'
import { readFailureMessage } from '../../../../actors/cluster/failure/read-failure-message.ts'
import { joinGraceMs, pauseMsDefault, windowBeatsMax } from '../../../../actors/cluster/failure/timing.ts'
import { seededRandom } from '../../../../runtime/random.ts'
import type { FailureMessage } from '../../../../actors/cluster/failure/failure-message.ts'

test('phi is the unlikeliness of a silence as a power of ten, and rises with it', () => {
  expect(phi(500, 500, 100)).toBeCloseTo(0.301, 3)
  expect(phi(600, 500, 100)).toBeCloseTo(0.799, 2)
  expect(phi(800, 500, 100)).toBeCloseTo(2.87, 1)
  expect(phi(0, 500, 100)).toBeCloseTo(0, 5)
  expect(phi(1e9, 500, 100)).toBe(1_000)
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5_000 }), fc.nat(1_000), (at, more) => {
      expect(phi(at + more, 500, 80)).toBeGreaterThanOrEqual(phi(at, 500, 80) - 1e-9)
    }),
  )
})

test('a rhythm forgets gaps that are older than its window, and takes a jammed queue for nothing', () => {
  const rhythm = new BeatRhythm()
  expect([rhythm.meanMs, rhythm.deviationMs]).toEqual([200, 50])
  for (let count = 0; count < 500; count++) rhythm.record(count < 400 ? 900 : 300)
  expect(rhythm.meanMs).toBeCloseTo(300, 6)
  for (let count = 0; count < windowBeatsMax; count++) rhythm.record(0)
  expect(rhythm.meanMs).toBeCloseTo(100, 6)
})

test('jitter that was seen lengthens what is borne', () => {
  const calm = new BeatRhythm()
  const wild = new BeatRhythm()
  for (let count = 0; count < 100; count++) {
    calm.record(200)
    wild.record(count % 2 === 0 ? 100 : 400)
  }
  expect(calm.phi(900, pauseMsDefault)).toBeGreaterThan(8)
  expect(wild.phi(900, pauseMsDefault)).toBeLessThan(8)
})

test('own stalls stop the awake clock, and the longest is told for a second', () => {
  const lag = new OwnLag()
  lag.fired(110, 100)
  expect([lag.awakeMs(110), lag.longestMs(110)]).toEqual([110, 0])
  lag.fired(800, 200)
  lag.fired(1_000, 900)
  expect(lag.awakeMs(1_000)).toBe(300)
  expect(lag.longestMs(1_700)).toBe(600)
  expect(lag.longestMs(1_900)).toBe(100)
  expect(lag.longestMs(2_100)).toBe(0)
})

describe('the health of a peer', () => {
  const beating = (): PeerHealth => {
    const peer = new PeerHealth(2, 0)
    for (let count = 1; count <= 50; count++) peer.beat(count, 0, count * 200)
    return peer
  }

  test('is trusted while it beats, suspected when it is silent, and trusted when it is heard again', () => {
    const peer = beating()
    expect(peer.look(10_300)).toBe('unchanged')
    expect(peer.look(11_000)).toBe('begun')
    expect(peer.opinion(11_000)).toMatchObject({
      says: 'suspects',
      evidence: 'silence',
      silentMs: 1_000,
      flaps: 0,
    })
    peer.heard(11_100)
    expect(peer.look(11_100)).toBe('lifted')
    expect(peer.opinion(11_100)).toBeUndefined()
    expect(peer.look(12_300)).toBe('begun')
    expect(peer.opinion(12_300)).toMatchObject({ flaps: 1 })
    expect(peer.opinion(80_000)).toMatchObject({ flaps: 0 })
  })

  test('is suspected at once when its connection is refused, and not for a connection that only died', () => {
    const peer = beating()
    peer.redialFailed('unreachable')
    peer.redialFailed('refused')
    peer.redialFailed('unreachable')
    expect(peer.look(10_050)).toBe('begun')
    expect(peer.opinion(10_050)).toMatchObject({ evidence: 'refused', silentMs: 50, hadConnection: true })
    peer.heard(10_060)
    expect(peer.look(10_060)).toBe('lifted')
  })

  test('has a broken link while others hear it, and is suspected when they do no more', () => {
    const peer = beating()
    peer.look(11_000)
    peer.aliveAt(3, 11_050)
    expect(peer.opinion(11_100)).toMatchObject({ says: 'link-broken', heardBy: [3], forMs: 0 })
    peer.aliveAt(4, 11_900)
    expect(peer.opinion(12_000)).toMatchObject({ says: 'link-broken', heardBy: [3, 4], forMs: 900 })
    expect(peer.opinion(13_000)).toMatchObject({ says: 'link-broken', heardBy: [4], forMs: 1_900 })
    peer.forget(4)
    expect(peer.opinion(13_000)).toMatchObject({ says: 'suspects', heardBy: [], forMs: 2_000 })
  })

  test('of one that is new is not doubted for a while, and lag that it tells is borne', () => {
    const fresh = new PeerHealth(2, 0)
    expect(fresh.look(joinGraceMs)).toBe('unchanged')
    expect(fresh.look(joinGraceMs + 1_500)).toBe('begun')
    expect(fresh.opinion(joinGraceMs + 1_500)).toMatchObject({ hadConnection: false })
    const busy = beating()
    busy.beat(51, 600, 10_200)
    expect(busy.look(11_200)).toBe('unchanged')
  })
})

test('probes ask three others at most, pass on one ping each, and bear more questions than they keep', () => {
  const sent: [number, FailureMessage][] = []
  const probes = new Probes(seededRandom('probes'), (to, message) => sent.push([to, message]))
  probes.ask(2, [2, 3, 4, 5, 6])
  expect(sent).toHaveLength(3)
  expect(new Set(sent.map(([to]) => to)).size).toBe(3)
  expect(sent.every(([to, { type }]) => to !== 2 && type === 'probe')).toBe(true)
  sent.length = 0
  probes.asked(7, { type: 'probe', subject: 2, nonce: 99 })
  const [, ping] = sent[0]!
  if (ping.type !== 'ping') expect.fail(ping.type)
  probes.ponged(3, ping.nonce)
  probes.ponged(2, ping.nonce)
  probes.ponged(2, ping.nonce)
  expect(sent.slice(1)).toEqual([[7, { type: 'alive', subject: 2, nonce: 99 }]])
  for (let count = 0; count <= pingsMax; count++) probes.asked(7, { type: 'probe', subject: 2, nonce: count })
  expect(probes.dropped).toBe(1)
})

describe('a message', () => {
  const opinion = {
    member: 2,
    says: 'suspects',
    evidence: 'silence',
    silentMs: 900,
    phi: 9.1,
    forMs: 10,
    hadConnection: true,
    flaps: 0,
    heardBy: [3],
  }
  const beat = {
    type: 'beat',
    member: 1,
    sequence: 5,
    view: 2,
    lagMs: 0,
    isActing: true,
    heard: 4,
    heardMs: 30,
    opinions: [opinion],
  }

  test.each([
    beat,
    { type: 'grant', sequence: 5 },
    { type: 'ping', nonce: 1 },
    { type: 'pong', nonce: 1 },
    { type: 'probe', nonce: 1, subject: 2 },
    { type: 'alive', nonce: 1, subject: 2 },
  ])('of type $type is read as it was sent, without what it does not know', (message) => {
    expect(readFailureMessage({ ...message, extra: 1 })).toEqual(message)
  })

  test.each([
    undefined,
    null,
    'beat',
    [beat],
    {},
    { type: 'toString' },
    { type: 'grant', sequence: -1 },
    { type: 'ping', nonce: 1.5 },
    { type: 'alive', nonce: 1 },
    { ...beat, lagMs: Number.NaN },
    { ...beat, heardMs: Infinity },
    { ...beat, isActing: 1 },
    { ...beat, opinions: {} },
    { ...beat, opinions: Array.from({ length: 1_001 }, () => opinion) },
    { ...beat, opinions: [null] },
    { ...beat, opinions: [{ ...opinion, says: 'loves' }] },
    { ...beat, opinions: [{ ...opinion, evidence: 'hearsay' }] },
    { ...beat, opinions: [{ ...opinion, phi: 1_001 }] },
    { ...beat, opinions: [{ ...opinion, hadConnection: 1 }] },
    { ...beat, opinions: [{ ...opinion, heardBy: ['3'] }] },
  ])('like %j is none', (value) => {
    expect(readFailureMessage(value)).toBeUndefined()
  })

  test('of any shape at all never throws', () => {
    fc.assert(fc.property(fc.anything(), (value) => void readFailureMessage(value)))
    fc.assert(fc.property(fc.anything(), (value) => void readFailureMessage({ ...beat, opinions: [value] })))
  })
})
