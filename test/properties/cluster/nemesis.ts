// A nemesis: does to a cluster what a seed says: kills, freezes, cuts, breaks; and heals it all at the end.
import { seatOf } from '../../../node/cluster/seat.ts'
import type { Random } from '../../../runtime/random.ts'
import type { TestCluster } from '../../../scenarios/testing/test-cluster.ts'

/** Faults at once. */
const faultsMax = 2

export type Trouble = 'kill' | 'freeze' | 'split' | 'isolate leader' | 'ring' | 'one-way' | 'break'
export const troubles: readonly Trouble[] = [
  'kill',
  'freeze',
  'split',
  'isolate leader',
  'ring',
  'one-way',
  'break',
]

export interface NemesisParts {
  readonly cluster: TestCluster
  readonly random: Random
  readonly names: readonly string[]
  readonly kinds: readonly Trouble[]
  /** Starts a node again; it may take as long as it takes. */
  restart(name: string): void
  /** The process of a node is gone. */
  killed(name: string): void
  note(what: string): void
}

export class Nemesis {
  readonly frozen = new Set<string>()
  readonly down = new Set<string>()
  readonly #parts: NemesisParts
  #healing: { readonly atMs: number; readonly heal: () => void }[] = []

  constructor(parts: NemesisParts) {
    this.#parts = parts
  }

  /** Heals what is due, and begins something new by chance. */
  step(chance: number): void {
    const { cluster, random, kinds } = this.#parts
    const nowMs = cluster.clock.now()
    const due = this.#healing.filter(({ atMs }) => atMs <= nowMs)
    this.#healing = this.#healing.filter(({ atMs }) => atMs > nowMs)
    for (const { heal } of due) heal()
    if (this.#healing.length >= faultsMax || random.next() >= chance) return
    const kind = kinds[random.integer(Math.max(1, kinds.length))]
    if (kind !== undefined) this.#do(kind)
  }

  healAll(): void {
    for (const { heal } of this.#healing.splice(0)) heal()
  }

  #do(kind: Trouble): void {
    const { cluster, random, names, note } = this.#parts
    const forMs = 100 + random.integer(random.next() < 0.5 ? 900 : 7_000)
    const until = (heal: () => void): void => {
      this.#healing.push({ atMs: cluster.clock.now() + forMs, heal })
    }
    const flavour = random.next() < 0.5 ? 'drop' : 'reset'
    note(`${kind} for ${forMs} ms, ${flavour}`)
    switch (kind) {
      case 'kill':
        this.#kill(until)
        return
      case 'freeze':
        this.#freeze(until)
        return
      case 'split': {
        const count = 1 + random.integer(Math.max(1, names.length - 1))
        const side = names.filter((_, index) => (index + count) % names.length < count)
        note(`split ${side.join()}`)
        until(cluster.cutOff(side, flavour))
        return
      }
      case 'isolate leader': {
        const leader = this.#leader()
        if (leader !== undefined) until(cluster.cutOff([leader], flavour))
        return
      }
      case 'ring': {
        const heals = names.flatMap((from, index) =>
          names
            .filter((_, at) => at > index + 1 && at - index < names.length - 1)
            .map((to) => cluster.network.partition({ from: [from], to: [to], flavour })),
        )
        until(() => {
          for (const heal of heals) heal()
        })
        return
      }
      case 'one-way': {
        const [from, to] = this.#pair()
        note(`one way ${from} to ${to}`)
        until(cluster.network.partition({ from: [from], to: [to], isOneWay: true, flavour: 'drop' }))
        return
      }
      case 'break':
        cluster.network.break(...this.#pair())
    }
  }

  #kill(until: (heal: () => void) => void): void {
    const { cluster, random, restart, killed, note } = this.#parts
    const alive = cluster.running.map(({ name }) => name).filter((name) => !this.frozen.has(name))
    const name = alive[random.integer(Math.max(1, alive.length))]
    if (name === undefined || this.down.has(name)) return
    note(`killed ${name}`)
    this.down.add(name)
    cluster.kill(name)
    killed(name)
    until(() => {
      this.down.delete(name)
      restart(name)
    })
  }

  #freeze(until: (heal: () => void) => void): void {
    const { cluster, random, note } = this.#parts
    const alive = cluster.running.map(({ name }) => name).filter((name) => !this.frozen.has(name))
    const name = alive[random.integer(Math.max(1, alive.length))]
    if (name === undefined) return
    note(`froze ${name}`)
    this.frozen.add(name)
    cluster.freeze(name)
    until(() => {
      this.frozen.delete(name)
      note(`thawed ${name}`)
      cluster.thaw(name)
    })
  }

  #pair(): [string, string] {
    const { random, names } = this.#parts
    const one = random.integer(names.length)
    const other = (one + 1 + random.integer(names.length - 1)) % names.length
    return [names[one] ?? '', names[other] ?? '']
  }

  #leader(): string | undefined {
    const { cluster, names } = this.#parts
    const leads = cluster.running.find(({ cluster: own }) => own.agreement.council.role === 'leader')
    const seat = leads?.cluster.agreement.council.leader
    return names.find((name) => seatOf(name) === seat)
  }
}
