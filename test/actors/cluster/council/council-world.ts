// A world of councils: nodes with crash disks and drifting clocks on a network that delays, loses, doubles and cuts, all from one seed.
import { openCouncil } from '../../../../actors/cluster/council/start-council.ts'
import { RunningCouncil } from '../../../../actors/cluster/council/running-council.ts'
import { Fault } from '../../../../runtime/fault.ts'
import { seededRandom } from '../../../../runtime/random.ts'
import { CrashDisk } from '../../../../scenarios/testing/crash-disk.ts'
import { CouncilJudge } from './council-judge.ts'
import { Tally } from './tally.ts'
import { NodeClock, WorldTime } from './world-time.ts'
import type { DiskHook } from '../../../../scenarios/testing/disk-gate.ts'
import type { Raft } from '../../../../actors/cluster/council/raft.ts'
import type { Random } from '../../../../runtime/random.ts'

export interface Weather {
  lossOf100: number
  doubleOf100: number
  delayMs: number
  /** Extra for some messages, so that others overtake them. */
  strayMs: number
  syncMs: number
  slowSyncOf1000: number
}

export const fine: Weather = {
  lossOf100: 0,
  doubleOf100: 0,
  delayMs: 2,
  strayMs: 0,
  syncMs: 1,
  slowSyncOf1000: 0,
}

export interface Life {
  readonly council: RunningCouncil
  readonly raft: Raft
  readonly clock: NodeClock
  readonly machine: Tally
  disk: CrashDisk
}

export class World {
  readonly random: Random
  readonly time = new WorldTime()
  readonly judge = new CouncilJudge()
  readonly lives = new Map<number, Life>()
  readonly disks = new Map<number, CrashDisk>()
  /** Pairs from-to that nothing passes. */
  readonly cuts = new Set<string>()
  weather: Weather = { ...fine }
  readonly compactBytes: number
  readonly driftOf1000: number
  readonly #net: Random
  readonly faults: string[] = []

  constructor(seed: string | number, options: { compactBytes?: number; driftOf1000?: number } = {}) {
    this.random = seededRandom(seed)
    this.#net = this.random.fork('net')
    this.compactBytes = options.compactBytes ?? 1_048_576
    this.driftOf1000 = options.driftOf1000 ?? 0
  }

  async start(
    member: number,
    options: { found?: boolean; contacts?: readonly number[]; isDiskless?: boolean } = {},
  ): Promise<Life> {
    const rate = 1 + (this.random.next() * 2 - 1) * (this.driftOf1000 / 1000)
    const clock = new NodeClock(this.time, rate)
    const machine = new Tally((index, command, hash) => this.judge.applied(index, command, hash))
    const disk = this.disks.get(member) ?? new CrashDisk()
    this.disks.set(member, disk)
    const parts = await openCouncil({
      self: member,
      machine,
      clock,
      random: this.random.fork(`node ${member} ${this.time.now}`),
      send: (to, bytes) => {
        if (!clock.isDead) this.#carry(member, to, bytes)
      },
      storage: options.isDiskless === true ? undefined : { disk, folder: '/council' },
      found: options.found ?? false,
      contacts: options.contacts ?? [],
      compactBytes: this.compactBytes,
    })
    disk.hook = this.#slow()
    const council = new RunningCouncil(parts)
    council.wake()
    council.watch({
      stopped: (fault) => {
        if (fault !== undefined && !clock.isDead)
          this.judge.wrong(`member ${member} has stopped: ${String(fault.cause)}`)
      },
    })
    const life = { council, raft: parts.raft, clock, machine, disk }
    this.lives.set(member, life)
    return life
  }

  #slow(): DiskHook {
    const random = this.random.fork(`disk ${this.time.now}`)
    return ({ op }) => {
      if (op !== 'sync') return undefined
      const isSlow = random.integer(1000) < this.weather.slowSyncOf1000
      return { delay: this.time.after((isSlow ? 300 : this.weather.syncMs) * random.next()) }
    }
  }

  #carry(from: number, to: number, bytes: Uint8Array): void {
    const { lossOf100, doubleOf100, delayMs, strayMs } = this.weather
    const copies = this.#net.integer(100) < doubleOf100 ? 2 : 1
    for (let i = 0; i < copies; i++) {
      const isStray = strayMs > 0 && this.#net.integer(10) === 0
      const delay = this.#net.next() * delayMs + (isStray ? this.#net.next() * strayMs : 0)
      if (this.#net.integer(100) < lossOf100) continue
      const copy = bytes.slice()
      this.time.at(this.time.now + delay, () => this.#arrive(from, to, copy))
    }
  }

  #arrive(from: number, to: number, bytes: Uint8Array): void {
    if (this.cuts.has(`${from}-${to}`)) return
    const life = this.lives.get(to)
    life?.clock.run(() => {
      life.council.receive(from, bytes)
      // They are good until the call returns, as on a real wire.
      bytes.fill(0xee)
    })
  }

  /** The machine falls: what was not synced may be lost or torn. */
  crash(member: number): void {
    const life = this.lives.get(member)
    if (life === undefined) return
    this.lives.delete(member)
    life.clock.isDead = true
    this.disks.set(member, life.disk.crash(this.random))
    void life.council.stop().catch(() => {})
  }

  /** Called when a node has just gone to another term or given its vote. */
  onPromise: (member: number) => void = () => {}
  readonly #promises = new Map<number, string>()

  look(): void {
    for (const [member, { raft, clock }] of this.lives) {
      this.judge.look({ member, raft })
      if (raft.role === 'leader') {
        const answered = clock.worldAt(raft.contactAt(clock.now()))
        this.judge.reign(raft.term, answered, clock.worldAt(raft.soleSince))
      }
      const promise = `${raft.term} ${raft.state.vote}`
      const isNew = (this.#promises.get(member) ?? promise) !== promise
      this.#promises.set(member, promise)
      if (isNew) this.onPromise(member)
    }
  }

  async run(ms: number): Promise<void> {
    await this.time.run(this.time.now + ms, () => this.look())
  }

  cut(from: number, to: number): void {
    this.cuts.add(`${from}-${to}`)
  }

  /** Proposes and notes how it went; never rejects. */
  async write(member: number, command: string, timeoutMs = 2_000): Promise<boolean> {
    const life = this.lives.get(member)
    if (life === undefined) return false
    const began = this.time.now
    try {
      const { index } = await life.council.propose(Buffer.from(command), { timeoutMs })
      this.judge.done.push({ kind: 'write', began, ended: this.time.now, index })
      return true
    } catch (fault) {
      this.faults.push(Fault.is(fault) ? fault.code : String(fault))
      return false
    }
  }

  async read(member: number, timeoutMs = 2_000): Promise<boolean> {
    const life = this.lives.get(member)
    if (life === undefined) return false
    const began = this.time.now
    try {
      const index = await life.council.read({ timeoutMs })
      this.judge.done.push({ kind: 'read', began, ended: this.time.now, index })
      return true
    } catch (fault) {
      this.faults.push(Fault.is(fault) ? fault.code : String(fault))
      return false
    }
  }

  get leader(): Life | undefined {
    const leaders = [...this.lives.values()].filter(({ raft }) => raft.role === 'leader')
    return leaders.toSorted((a, b) => b.raft.term - a.raft.term)[0]
  }
}
