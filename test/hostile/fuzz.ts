// A fuzzer of a whole node: frames and words of another member that are right but for what chance has changed in them.
import { defineActor } from 'troupe'
import { frameOf, HostileLink } from './hostile-link.ts'
import { encodeMessage } from '../../actors/cluster/council/message-codec.ts'
import { FailureCodec } from '../../node/cluster/failure-codec.ts'
import { Groups } from '../../actors/cluster/groups/groups.ts'
import { seatOf } from '../../node/cluster/seat.ts'
import { seededRandom } from '../../runtime/random.ts'
import { TestCluster } from '../../scenarios/testing/test-cluster.ts'
import type { ClusterNode } from '../../scenarios/testing/test-cluster.ts'
import type { Frame } from '../../runtime/wire.ts'
import type { Random } from '../../runtime/random.ts'
import type { Said } from './hostile-link.ts'

export interface NodeFuzzReport {
  readonly frames: number
  readonly words: number
  readonly cuts: number
  /** Frames that took longer than 50 ms, and the longest. */
  readonly stalls: number
  readonly slowestMs: number
  /** What code of the node has thrown where nobody waited. */
  readonly thrown: readonly unknown[]
  /** What the node's own actor says in the end. */
  readonly answer: unknown
  /** By how much the heap has grown since a tenth of the frames had come. */
  readonly grownBytes: number
}

export interface NodeFuzzOptions {
  readonly seed: number
  readonly frames: number
  lookMs(): number
  heapBytes(): number
}

const echo = defineActor('echo', {
  state: () => ({ last: null as unknown, count: 0 }),
  on: {
    put(self, value: unknown) {
      self.state.last = value
      self.state.count++
    },
    get(self) {
      return typeof self.state.count
    },
  },
})

const stallMs = 50
const perTurn = 200

export async function fuzzNode({
  seed,
  frames,
  lookMs,
  heapBytes,
}: NodeFuzzOptions): Promise<NodeFuzzReport> {
  const random = seededRandom(seed)
  await using cluster = new TestCluster({ seed })
  const [a, b] = (await cluster.startAll(['a', 'b'])) as [ClusterNode, ClusterNode]
  await cluster.until(() => a.cluster.mayAct && b.cluster.mayAct)
  await cluster.through(a.node.spawn(echo, 'echo'))
  await cluster.through(b.node.spawn(echo, 'far'))
  await cluster.until(() => a.cluster.knows('far'))
  const report = { frames: 0, words: 0, cuts: 0, stalls: 0, slowestMs: 0 }
  const words = new Words(a)
  // Nobody's number: what it says has no home to fall back on.
  let link = new HostileLink(a, 77)
  let firstBytes = 0
  const timed = (run: () => void): void => {
    const startMs = lookMs()
    run()
    const tookMs = lookMs() - startMs
    if (tookMs > stallMs) report.stalls++
    report.slowestMs = Math.max(report.slowestMs, tookMs)
  }
  while (report.frames < frames) {
    for (let count = 0; count < perTurn; count++) {
      const frame = mutated(frameOf(saidBy(random)), random)
      timed(() => link.bring(pick(random, ['messages', 'messages', 'signals', 'bulk'] as const), frame))
      report.frames++
      if (random.integer(4) === 0) {
        report.words++
        timed(() => words.say(random))
      }
      if (!link.isCut) continue
      report.cuts++
      link = new HostileLink(a, 77)
    }
    if (random.integer(50) === 0) {
      a.node.fleet!.resident.station.threadLost(-77)
      link = new HostileLink(a, 77)
    }
    link.wire.heard.length = 0
    await cluster.advance(10)
    if (firstBytes === 0 && report.frames >= frames / 10) firstBytes = heapBytes()
  }
  const grownBytes = heapBytes() - firstBytes
  await cluster.advance(1_000)
  // Chance may have made a kill of something else: then another one of its kind answers.
  const last = await cluster.through(a.node.spawn(echo, 'last'))
  const answer = await cluster.through(last.ask('get'))
  return { ...report, thrown: [...cluster.thrown], answer, grownBytes }
}

/** What nodes say to each other besides frames of links. */
class Words {
  readonly #node: ClusterNode
  readonly #groups: Groups
  readonly #failure = new FailureCodec()

  constructor(node: ClusterNode) {
    this.#node = node
    const { clock } = node
    this.#groups = new Groups({ self: 1, clock, random: seededRandom(1), send: () => undefined })
    this.#groups.addPeer(2)
    this.#groups.close()
  }

  say(random: Random): void {
    const { cluster } = this.#node
    const bytes = flipped(this.#word(random), random)
    const kind = random.integer(3)
    // Of a seat that does not vote: one that does is believed more.
    if (kind === 0) cluster.agreement.council.receive(seatOf('nobody'), bytes)
    else if (kind === 1) cluster.vigil?.take(2, bytes)
    else this.#groups.receive(2, bytes)
  }

  #word(random: Random): Uint8Array {
    const term = random.integer(2 ** 20)
    const head = { term, round: 1, sentAt: 0, echo: 0, hasLease: true }
    switch (random.integer(6)) {
      case 0:
        return encodeMessage({ type: 'vote', term, isPre: false, isGranted: true, leader: 2 })
      case 1:
        return encodeMessage({ type: 'append', ...head, prevIndex: 0, prevTerm: 0, commit: 9, entries: [] })
      case 2:
        return encodeMessage({ type: 'ask-index', id: term })
      case 3:
        return this.#failure.encode({ type: 'grant', sequence: term })
      case 4:
        return this.#failure.encode({ type: 'probe', nonce: term, subject: 1 })
      default:
        return Uint8Array.from({ length: random.integer(64) }, () => random.integer(256))
    }
  }
}

const paths = [
  'echo',
  'far',
  'nobody',
  'a/echo$1',
  'b/x$2',
  'echo/child',
  '',
  '/',
  '..',
  'a'.repeat(600),
  '\0',
  'system',
  '💥',
]
const names = ['put', 'get', '', 'constructor', '__proto__', 'toString', 'then']
const verbs = [
  'ping',
  'spawn',
  'verb',
  'observe',
  'unobserve',
  'ended',
  'tell-end',
  'lost',
  '',
  'constructor',
]

function saidBy(random: Random): Said[] {
  return Array.from({ length: 1 + random.integer(4) }, () => {
    // Not those that end an actor: the one here is to answer in the end.
    const kind = pick(random, [3, 4, 4, 4, 5, 5, 6, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 200])
    const isVerb = kind === 14 || kind === 15
    return {
      kind,
      to: pick(random, paths),
      name: pick(random, names),
      ...(random.integer(2) === 0 ? {} : { from: pick(random, paths) }),
      id: pick(random, [0, 1, 2, 3, -1, 0x7fff_ffff, random.integer(100)]),
      timeoutMs: pick(random, [0, 1, 500, -1, 0x7fff_ffff]),
      hops: random.integer(256),
      payload: isVerb ? [pick(random, verbs), valueOf(random, 3)] : valueOf(random, 3),
      ...(random.integer(3) > 0 ? {} : { beside: besideOf(random) }),
    }
  })
}

function besideOf(random: Random): unknown {
  const number = (): unknown => pick(random, [0, -1, -2, -77, 1, 2 ** 53, NaN, 'x', null])
  return { replyTo: number(), chain: [number(), number()], via: [number()], parcel: number() }
}

const plain = [null, 0, -0, NaN, Infinity, 2 ** 53, '', 'far', '\0', true, 5n, new Date(0), new Uint8Array(3)]

function valueOf(random: Random, depth: number): unknown {
  if (depth === 0 || random.integer(2) === 0) return pick(random, plain)
  const inside = (): unknown => valueOf(random, depth - 1)
  switch (random.integer(8)) {
    case 0:
      return [inside(), inside()]
    case 1:
      return new Map([[inside(), inside()]])
    case 2:
      return new Set([inside()])
    case 3:
      return { then: inside(), top: pick(random, paths), thread: inside(), epoch: inside() }
    case 4: {
      const exit = { cause: pick(random, ['killed', 'failed', 'x']), fault: inside() }
      return { watcher: pick(random, paths), path: pick(random, paths), exit }
    }
    case 5: {
      const options = { restart: inside(), within: inside() }
      return {
        definition: 'echo',
        version: 1,
        name: pick(random, paths),
        args: [inside()],
        options,
        onLoss: 'stop',
      }
    }
    case 6:
      return { act: 'run', id: inside(), name: pick(random, ['ls', 'x']), input: inside() }
    default:
      return { top: 'far', thread: -77, epoch: 2 ** 52 }
  }
}

function mutated(frame: Frame, random: Random): Frame {
  const kind = random.integer(8)
  const { words, count, body, attachments } = frame
  if (kind > 3) return frame
  if (kind === 0) return { ...frame, body: flipped(body, random) }
  if (kind === 1) return { ...frame, body: body.subarray(0, random.integer(body.byteLength)) }
  if (kind === 2) {
    const changed = words.slice()
    changed[random.integer(changed.length)] = pick(random, [
      0,
      -1,
      1,
      255,
      65_536,
      -(2 ** 31),
      random.integer(300),
    ])
    return { ...frame, words: changed }
  }
  return { words, count: random.integer(count + 1), body, attachments }
}

function flipped(bytes: Uint8Array, random: Random): Uint8Array {
  const changed = bytes.slice()
  for (let count = random.integer(4); count > 0 && changed.length > 0; count--)
    changed[random.integer(changed.length)] = pick(random, [
      0,
      0xff,
      0xc1,
      0xdd,
      0xdf,
      0xd4,
      random.integer(256),
    ])
  return changed
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[random.integer(from.length)] as T
}
