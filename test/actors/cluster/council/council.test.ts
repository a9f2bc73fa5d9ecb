// The council: it elects, decides, survives its leader, and takes in and lets go of voters.
import { expect, test } from 'vitest'
import { World } from './council-world.ts'

async function three(seed: string): Promise<World> {
  const world = new World(seed)
  await world.start(1, { found: true })
  for (const member of [2, 3]) await world.start(member, { contacts: [1] })
  await world.run(500)
  for (const member of [2, 3]) {
    const added = world.lives.get(1)!.council.changeVoters({ add: member })
    await world.run(100)
    await added
  }
  return world
}

test('a node alone decides', async () => {
  const world = new World('alone')
  const { council } = await world.start(1, { found: true })
  const decided = council.propose(Buffer.from('a'))
  await world.run(10)
  expect(await decided).toMatchObject({ answer: Buffer.from('1') })
  expect(council.role).toBe('leader')
  expect(world.judge.wrongs).toEqual([])
})

test('followers become voters and hear what is decided', async () => {
  const world = await three('three')
  expect(world.lives.get(3)!.council.voters).toEqual([1, 2, 3])
  const written = world.write(3, 'x')
  await world.run(50)
  expect(await written).toBe(true)
  await world.run(200)
  for (const { machine } of world.lives.values()) expect(machine.seen).toEqual(['x'])
  expect(world.judge.wrongs).toEqual([])
})

test('the death of a leader is noticed, and another one leads within 800 ms', async () => {
  const world = await three('death')
  world.crash(1)
  await world.run(800)
  expect(world.leader?.council.self).not.toBe(1)
  expect(world.leader).toBeDefined()
  const written = world.write(2, 'y')
  await world.run(500)
  expect(await written).toBe(true)
  expect(world.judge.wrongs).toEqual([])
})

test('what is wrong with a command is command-too-large', async () => {
  const world = new World('large')
  const { council } = await world.start(1, { found: true })
  for (const bytes of [0, 262_145])
    await expect(council.propose(new Uint8Array(bytes))).rejects.toMatchObject({ code: 'command-too-large' })
})

test('without a quorum a proposal and a read end as council-unreachable, the outcome unknown', async () => {
  const world = await three('unreachable')
  world.crash(2)
  world.crash(3)
  const { council } = world.lives.get(1)!
  // Before, the lease still allows reads.
  await world.run(500)
  const ends = Promise.allSettled([council.propose(Buffer.from('x')), council.read({ timeoutMs: 900 })])
  await world.run(6_000)
  const fault = { code: 'council-unreachable', outcome: 'unknown' }
  expect(await ends).toMatchObject([{ reason: fault }, { reason: fault }])
  expect(council.role).not.toBe('leader')
})

test('what was proposed before the quorum went is decided when it is back', async () => {
  const world = await three('back')
  world.crash(2)
  world.crash(3)
  const written = world.write(1, 'x', 20_000)
  await world.run(3_000)
  for (const member of [2, 3]) await world.start(member)
  await world.run(3_000)
  expect(await written).toBe(true)
  for (const { machine } of world.lives.values()) expect(machine.seen).toEqual(['x'])
})

test('more proposals and reads than may wait are council-full, and nothing of them is sent', async () => {
  const world = new World('full')
  const { council } = await world.start(1, { contacts: [9] })
  const first = Array.from({ length: 4_096 }, () => council.propose(Buffer.from('x'), { timeoutMs: 10 }))
  const ends = Promise.allSettled(first)
  const fault = { code: 'council-full', outcome: 'known' }
  await expect(council.propose(Buffer.from('x'))).rejects.toMatchObject(fault)
  const reads = Promise.allSettled(Array.from({ length: 10_000 }, () => council.read({ timeoutMs: 10 })))
  await expect(council.read()).rejects.toMatchObject(fault)
  await world.run(100)
  expect(new Set((await ends).map(({ status }) => status))).toEqual(new Set(['rejected']))
  await reads
})

test('a council that is stopped ends what waits and refuses what comes', async () => {
  const world = new World('stop')
  const { council } = await world.start(1, { contacts: [9] })
  const told: unknown[] = []
  council.watch({ stopped: (fault) => told.push(fault) })
  const ends = Promise.allSettled([council.propose(Buffer.from('x')), council.read()])
  await council.stop()
  const fault = { code: 'council-stopped' }
  expect(await ends).toMatchObject([{ reason: fault }, { reason: fault }])
  await expect(council.propose(Buffer.from('x'))).rejects.toMatchObject(fault)
  expect([council.role, told]).toEqual(['stopped', [undefined]])
})

test('a disk that fails ends this part of the council, and the others go on', async () => {
  const world = await three('disk')
  const stopped = new Promise((resolve) => world.lives.get(1)!.council.watch({ stopped: resolve }))
  world.lives.get(1)!.disk.hook = ({ op }) => (op === 'sync' ? { fail: 'other' } : undefined)
  void world.write(1, 'x')
  await world.run(2_000)
  expect(await stopped).toMatchObject({ code: 'council-stopped', cause: { code: 'disk-failed' } })
  const written = world.write(2, 'y')
  await world.run(1_000)
  expect(await written).toBe(true)
})

test('a state machine that throws ends this part of the council, not the process', async () => {
  const world = new World('throws')
  const { council, machine } = await world.start(1, { found: true })
  const stopped = new Promise((resolve) => council.watch({ stopped: resolve }))
  machine.apply = () => {
    throw new Error('not so')
  }
  const end = Promise.allSettled([council.propose(Buffer.from('x'))])
  await world.run(50)
  expect(await stopped).toMatchObject({ code: 'council-stopped', cause: { message: 'not so' } })
  expect(await end).toMatchObject([{ reason: { code: 'council-stopped' } }])
})

test('a vote is refused as voters-unchanged to who does not follow, and the last one is not taken', async () => {
  const world = new World('refused')
  const { council } = await world.start(1, { found: true })
  await world.run(50)
  const whys = Promise.allSettled([council.changeVoters({ add: 7 }), council.changeVoters({ remove: 1 })])
  await world.run(50)
  expect(await whys).toMatchObject([
    { reason: { code: 'voters-unchanged', details: { why: 'not-following' } } },
    { reason: { code: 'voters-unchanged', details: { why: 'last-voter' } } },
  ])
  const same = council.changeVoters({ add: 1 })
  await world.run(50)
  await same
})

test('a leader that removes itself is followed by another one at once', async () => {
  const world = await three('removed')
  const changed = world.lives.get(2)!.council.changeVoters({ remove: 1 })
  await world.run(100)
  await changed
  expect(world.leader?.council.self).not.toBe(1)
  expect(world.leader?.council.voters).toEqual([2, 3])
  await world.run(1_000)
  expect(world.lives.get(1)!.council.role).toBe('learner')
})

test('a leader that stops hands over, and nobody waits for an election', async () => {
  const world = await three('handover')
  const stopping = world.lives.get(1)!.council.stop()
  await world.run(50)
  await stopping
  expect(world.leader?.council.self).toBeGreaterThan(1)
})

test('a node that was cut off unseats nobody when it comes back', async () => {
  const world = await three('cut')
  for (const other of [1, 2]) {
    world.cut(3, other)
    world.cut(other, 3)
  }
  await world.run(5_000)
  const { term } = world.lives.get(1)!.council
  world.cuts.clear()
  await world.run(2_000)
  expect([world.leader?.council.self, world.leader?.council.term]).toEqual([1, term])
})

test('one who comes late is sent a snapshot and the rest', async () => {
  const world = new World('late', { compactBytes: 2_000 })
  const { council } = await world.start(1, { found: true })
  await world.run(50)
  for (let i = 0; i < 1_500; i++) void world.write(1, `command ${i}`)
  await world.run(500)
  expect(council.counts.compactions).toBeGreaterThan(0)
  const { machine, council: late } = await world.start(2, { contacts: [1] })
  await world.run(500)
  expect(machine.seen).toHaveLength(1_500)
  expect(late.counts.snapshotsTaken).toBe(1)
  expect(world.judge.wrongs).toEqual([])
})

test('a read on a follower sees what was decided before it, and a leader with a lease answers without asking', async () => {
  const world = await three('read')
  const written = world.write(1, 'x')
  await world.run(100)
  await written
  const out = world.lives.get(1)!.council.counts.messagesOut
  const read = world.read(3)
  await world.run(20)
  expect(await read).toBe(true)
  expect(world.lives.get(1)!.council.counts.messagesOut - out).toBeLessThanOrEqual(3)
  expect(world.lives.get(3)!.machine.seen).toEqual(['x'])
  world.judge.order()
  expect(world.judge.wrongs).toEqual([])
})

test('a node that hears no quorum knows how long', async () => {
  const world = await three('contact')
  await world.run(500)
  const { council, clock } = world.lives.get(3)!
  expect(clock.now() - council.contactMs).toBeLessThan(250)
  world.cut(1, 3)
  await world.run(1_000)
  expect(clock.now() - council.contactMs).toBeGreaterThan(900)
})

test('bytes that are no message are counted and change nothing', async () => {
  const world = await three('bad')
  const { council } = world.lives.get(1)!
  const { term } = council
  council.receive(2, Buffer.from('not a message'))
  council.receive(2, new Uint8Array(0))
  await world.run(500)
  expect([council.counts.messagesBad, council.role, council.term]).toEqual([2, 'leader', term])
})

test('a node without a disk follows, and gets no vote unless it may vote', async () => {
  const world = await three('diskless')
  const life = await world.start(4, { contacts: [1], isDiskless: true })
  const written = world.write(4, 'x')
  await world.run(500)
  expect([await written, life.machine.seen]).toEqual([true, ['x']])
  const refused = Promise.allSettled([life.council.changeVoters({ add: 4 })])
  await world.run(100)
  expect(await refused).toMatchObject([{ reason: { details: { why: 'not-durable' } } }])
})
