// A storm: everything that a seed draws happens to a council for some seconds, then it has to come to rest with everybody agreeing.
import { World, fine } from './council-world.ts'
import type { Random } from '../../../../runtime/random.ts'

export interface StormResult {
  readonly wrongs: readonly string[]
  readonly decided: number
  readonly elections: number
  readonly events: number
}

/** What a seed has switched on. */
interface Dangers {
  readonly crash: boolean
  readonly cut: boolean
  readonly loss: boolean
  readonly stray: boolean
  readonly stall: boolean
  readonly slow: boolean
  readonly voters: boolean
  readonly transfer: boolean
  /** Nodes fall just when they make a promise. */
  readonly frail: boolean
}

const stepMs = 50

export async function storm(seed: string | number, steps = 80): Promise<StormResult> {
  const world = new World(seed, { compactBytes: 3_000, driftOf1000: 40 })
  const random = world.random.fork('storm')
  const dangers = draw(random)
  const members = [1, 2, 3, 4, 5].slice(0, 3 + random.integer(3))
  world.onPromise = (member) => {
    if (!dangers.frail || !isStorm || random.integer(3) > 0) return
    const life = world.lives.get(member)
    world.time.at(world.time.now + random.next() * world.weather.syncMs * 2, () => {
      if (world.lives.get(member) !== life || !isStorm) return
      world.crash(member)
      void world.start(member, { contacts: members })
    })
  }
  let isStorm = false
  await world.start(1, { found: true })
  for (const member of members.slice(1)) await world.start(member, { contacts: [1] })
  await world.run(400)
  for (const member of members.slice(1, 1 + 2 * random.integer(3))) await grant(world, member)
  let command = 0
  isStorm = true
  for (let step = 0; step < steps; step++) {
    weather(world, random, dangers)
    for (let i = random.integer(4); i > 0; i--) {
      const member = members[random.integer(members.length)]!
      if (random.integer(3) === 0) void world.read(member)
      else void world.write(member, `c${command++}`)
    }
    await trouble(world, random, { dangers, members })
    await world.run(random.next() * 2 * stepMs)
  }
  isStorm = false
  await rest(world, members)
  return {
    wrongs: world.judge.wrongs,
    decided: world.judge.lastDecided,
    elections: Math.max(...[...world.lives.values()].map(({ raft }) => raft.term)),
    events: world.time.events,
  }
}

function draw(random: Random): Dangers {
  const is = (): boolean => random.integer(2) === 0
  return {
    crash: is(),
    cut: is(),
    loss: is(),
    stray: is(),
    stall: is(),
    slow: is(),
    voters: is(),
    transfer: is(),
    frail: is(),
  }
}

async function grant(world: World, member: number): Promise<void> {
  const change = world.leader?.council.changeVoters({ add: member }).catch(() => {})
  await world.run(60)
  await Promise.race([change, undefined])
}

function weather(world: World, random: Random, dangers: Dangers): void {
  if (random.integer(10) > 0) return
  world.weather = {
    lossOf100: dangers.loss ? random.integer(30) : 0,
    doubleOf100: dangers.loss ? random.integer(20) : 0,
    delayMs: 1 + random.integer(20),
    strayMs: dangers.stray ? random.integer(900) : 0,
    syncMs: 1 + random.integer(10),
    slowSyncOf1000: dangers.slow ? random.integer(100) : 0,
  }
}

interface Scene {
  readonly dangers: Dangers
  readonly members: readonly number[]
}

async function trouble(world: World, random: Random, { dangers, members }: Scene): Promise<void> {
  const member = members[random.integer(members.length)]!
  const other = members[random.integer(members.length)]!
  const what = random.integer(24)
  if (what === 0 && dangers.crash) world.crash(member)
  if (what === 1 && dangers.crash) for (const one of members) if (random.integer(2) === 0) world.crash(one)
  if (what <= 4 && !world.lives.has(other)) await world.start(other, { contacts: members })
  if (what === 5 && dangers.cut) cutOff(world, random, members)
  if (what === 6 && dangers.cut) world.cut(member, other)
  if (what === 7 || what === 8) world.cuts.clear()
  if (what === 9 && dangers.stall) stall(world, random, member)
  if (what === 10 && dangers.stall) stall(world, random, world.leader?.council.self ?? member)
  if (what === 11 && dangers.transfer) world.leader?.council.transfer(other)
  if (what >= 12 && what <= 15 && dangers.voters) change(world, random, member)
  if (what === 16 && dangers.crash) world.crash(world.leader?.council.self ?? member)
  if (what === 17 && dangers.cut) isolate(world, members, world.leader?.council.self ?? member)
}

function cutOff(world: World, random: Random, members: readonly number[]): void {
  const side = new Set(members.filter(() => random.integer(2) === 0))
  for (const a of members) for (const b of members) if (side.has(a) !== side.has(b)) world.cut(a, b)
}

function isolate(world: World, members: readonly number[], member: number): void {
  for (const other of members) {
    world.cut(member, other)
    world.cut(other, member)
  }
}

function stall(world: World, random: Random, member: number): void {
  const life = world.lives.get(member)
  if (life !== undefined) life.clock.stalledUntil = world.time.now + random.next() * 1_500
}

function change(world: World, random: Random, member: number): void {
  const askers = [...world.lives.values()]
  const asker = askers[random.integer(Math.max(1, askers.length))]
  const isVoter = asker?.council.voters.includes(member) === true
  void asker?.council.changeVoters(isVoter ? { remove: member } : { add: member }).catch(() => {})
}

/** Everything heals: then somebody leads, what is proposed is decided, and all copies are the same. */
async function rest(world: World, members: readonly number[]): Promise<void> {
  world.weather = { ...fine }
  world.cuts.clear()
  for (const member of members) if (!world.lives.has(member)) await world.start(member, { contacts: members })
  await world.run(6_000)
  const last = members.map((member) => world.write(member, `last ${member}`))
  await world.run(3_000)
  const isDone = await Promise.all(last)
  members.forEach((member, i) => {
    if (isDone[i] !== true) world.judge.wrong(`member ${member} cannot decide when all is well`)
  })
  const lives = [...world.lives.values()]
  const hashes = new Set(lives.map(({ machine }) => `${machine.seen.length} ${machine.hash}`))
  if (hashes.size > 1) world.judge.wrong(`copies differ: ${[...hashes].join(', ')}`)
  for (const a of lives) for (const b of lives) world.judge.match(a.raft.state.log, b.raft.state.log)
  world.judge.order()
}
