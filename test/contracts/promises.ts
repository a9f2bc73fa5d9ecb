// The contract of the kernel's promises between two actors, wherever the two live: one body for one thread, two threads and simulated ones.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Fault } from 'troupe'
import { narrow, traveller } from '../node/threads/traveller.ts'
import { refAt } from '../../runtime/ref.ts'
import type { kid } from '../node/threads/traveller.ts'
import type { ClusterPlace } from '../../node/cluster/cluster-place.ts'
import type { Exit, Node, Place, Ref, RefOf, RestartType } from 'troupe'

/** A node and where in it the two live. */
export interface World {
  readonly node: Node
  readonly places: readonly [Place | ClusterPlace, Place | ClusterPlace]
  /** Lets time pass, where that does not pass by itself. */
  pass(ms: number): Promise<void>
  /** Ends it; default by stopping the node. */
  close?(): Promise<void>
}

type Traveller = RefOf<typeof traveller>

let made = 0

/** Two fresh actors of a world. */
async function two(
  { node, places }: World,
  restart: RestartType = 'transient',
): Promise<{ a: Traveller; b: Traveller; free: Ref }> {
  const number = ++made
  const a = await node.spawn(traveller, { name: `a${number}`, restart, place: places[0] })
  const b = await node.spawn(traveller, { name: `b${number}`, restart, place: places[1] })
  return { a, b, free: refAt(node.runtime.host, `free${number}`) as unknown as Ref }
}

function code(expected: string, more: object = {}): unknown {
  return expect.objectContaining({ code: expected, ...more })
}

function endOf(ref: Ref): Promise<Exit> {
  return new Promise((resolve) => void ref.watch(resolve))
}

/** Runs the whole contract in one world, which lives from the first test to the last. */
export function promisesContract(open: () => Promise<World>): void {
  let world: World
  beforeAll(async () => {
    world = await open()
  })
  afterAll(() => (world.close === undefined ? world.node.stop() : world.close()))
  describe('messages', () => {
    messages(() => world)
  })
  describe('asks', () => {
    asks(() => world)
  })
  describe('payloads', () => {
    payloads(() => world)
  })
  describe('full mailboxes', () => {
    offers(() => world)
  })
  describe('ends', () => {
    ends(() => world)
  })
  describe('lives', () => {
    lives(() => world)
  })
  test('the books of all threads balance', async () => {
    const audit = await world.node.auditAll()
    expect(audit.differences).toEqual([])
    expect(audit).toMatchObject({ isBalanced: true, silent: [] })
  })
}

function messages(world: () => World): void {
  test('a thousand tells arrive in order, each once', async () => {
    const { a, b } = await two(world())
    await a.ask('tellAll', [b, 1_000])
    expect(await a.ask('askOf', [b, 'notes'])).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1))
  })

  test('a ref that came in a message reaches whom it names, from there', async () => {
    const { a, b } = await two(world())
    b.tell('add', 7)
    await b.ask('count')
    expect(await a.ask('askOf', [b, 'count'])).toBe(7)
  })

  test('an actor that is told of by its path alone is reached', async () => {
    const { b } = await two(world())
    const found = world().node.find(b.path)
    expect(await found?.ask('echo', 'there')).toBe('there')
  })

  test('what is told to nobody is a dead letter', async () => {
    const { free } = await two(world())
    const before = world().node.runtime.audit().deadLetters['actor-unknown'] ?? 0
    free.tell('add', 1)
    await expect(free.ask('count')).rejects.toEqual(code('actor-unknown'))
    expect(world().node.runtime.audit().deadLetters['actor-unknown']).toBe(before + 2)
  })

  test('a message that was put aside is handled later, before newer ones, and its asker has the reply', async () => {
    const { b } = await two(world())
    const aside = b.ask('aside', 'first')
    b.tell('open')
    await aside
    expect(await b.ask('notes')).toEqual(['open', 'first'])
  })

  test('after become only the new table answers', async () => {
    const { b } = await two(world())
    await b.ask('sleep')
    expect(await b.ask('mood')).toBe('asleep')
    await expect(b.ask('count')).rejects.toEqual(code('message-unknown'))
    await b.ask('wake')
    expect(await b.ask('mood')).toBe('on')
  })

  test('timers bring their messages, once or each period until they are cancelled', async () => {
    const { b } = await two(world())
    await b.ask('later', 5)
    const once = b.ask('reached', 1)
    await world().pass(5)
    expect(await once).toBe(1)
    await b.ask('beat', 5)
    const again = b.ask('reached', 3)
    await world().pass(10)
    expect(await again).toBeGreaterThanOrEqual(3)
    expect(await b.ask('still')).toBe(true)
    expect(await b.ask('still')).toBe(false)
  })
}

function asks(world: () => World): void {
  test('a fault arrives as it was thrown, with code, hint and details', async () => {
    const { b } = await two(world())
    const fault: unknown = await b.ask('refuse').catch((thrown: unknown) => thrown)
    expect(Fault.is(fault)).toBe(true)
    expect(fault).toMatchObject({
      code: 'traveller-unwilling',
      message: 'Cannot do it: it will not',
      hint: 'Ask another.',
      details: { by: 3 },
    })
  })

  test('anything else that is thrown is "handler-failed" with its name', async () => {
    const { b } = await two(world())
    await expect(b.ask('crash')).rejects.toEqual(code('handler-failed'))
  })

  test('a message that nobody knows is "message-unknown"', async () => {
    const { b } = await two(world())
    await expect((b as Ref).ask('dance')).rejects.toEqual(code('message-unknown'))
  })

  test('an ask without a reply expires at its deadline with an unknown outcome', async () => {
    const { b } = await two(world())
    const asked = b.ask('never', undefined, { timeoutMs: 30 }).catch((fault: unknown) => fault)
    await world().pass(30)
    expect(await asked).toEqual(code('ask-expired', { outcome: 'unknown' }))
    b.kill()
  })

  test('whoever would wait for himself through another is told so', async () => {
    const { a, b } = await two(world())
    await expect(a.ask('askBack', b)).rejects.toEqual(code('ask-cycle'))
  })

  test('an ask that waits in the mailbox of one that is killed ends', async () => {
    const { a, b } = await two(world(), 'temporary')
    const stuck = b.ask('stick', a).catch((fault: unknown) => fault)
    // Now it is in hand.
    await a.ask('reached', 1)
    const waiting = b.ask('count').catch((fault: Fault) => fault.code)
    const end = endOf(b)
    b.kill()
    expect(await stuck).toEqual(code('handler-abandoned', { outcome: 'unknown' }))
    // A kill may overtake messages.
    expect(['actor-killed', 'actor-unknown']).toContain(await waiting)
    expect((await end).cause).toBe('killed')
  })

  test('an ask of one that has ended ends', async () => {
    const { b } = await two(world(), 'temporary')
    const end = endOf(b)
    b.stop()
    await end
    await expect(b.ask('count')).rejects.toEqual(expect.objectContaining({ name: 'Fault' }))
  })
}

function payloads(world: () => World): void {
  test('plain data, collections, dates, big numbers, bytes and refs come back as they went', async () => {
    const { a, b } = await two(world())
    const payload = {
      text: 'Ä\u0000€',
      numbers: [0, -0, 1.5, Number.NaN, Infinity, 2 ** 53, -1],
      nothing: [null, undefined],
      map: new Map<unknown, unknown>([[1, new Set(['x'])]]),
      date: new Date(86_400_000),
      big: 2n ** 80n,
      bytes: new Uint8Array([1, 2, 255]),
      deep: { list: [{ flag: true }] },
    }
    expect(await b.ask('echo', payload)).toEqual(payload)
    const [ref] = (await b.ask('echo', [a])) as [Ref]
    expect(ref.path).toBe(a.path)
    expect(await ref.ask('count')).toBe(0)
  })

  test('a Fault in a payload stays a Fault', async () => {
    const { b } = await two(world())
    const fault = new Fault('some-code', 'Cannot go: no way', { hint: 'Stay.', details: { way: 1 } })
    const echo = await b.ask('echo', fault)
    expect(Fault.is(echo)).toBe(true)
    expect(echo).toMatchObject({ code: 'some-code', hint: 'Stay.', details: { way: 1 } })
  })

  test('a function is refused to its sender, and as a reply to its asker', async () => {
    const { b } = await two(world())
    expect(() => b.tell('note', () => undefined)).toThrow(code('payload-unencodable') as Error)
    await expect(b.ask('echo', Symbol('no'))).rejects.toEqual(code('payload-unencodable'))
    await expect(b.ask('wrong')).rejects.toEqual(code('payload-unencodable'))
  })

  test('a buffer that is given away arrives whole', async () => {
    const { b } = await two(world())
    const bytes = new Uint8Array(100_000).fill(7)
    b.tell('note', bytes, { transfer: [bytes.buffer] })
    const [came] = (await b.ask('notes')) as [Uint8Array]
    expect(came.byteLength).toBe(100_000)
    expect(came[99_999]).toBe(7)
  })
}

/** One with room for two messages, busy until the gate is opened. */
async function blocked({ node, places }: World): Promise<{
  full: RefOf<typeof narrow>
  open: () => void
  seen: () => Promise<unknown>
}> {
  const number = ++made
  const gate = await node.spawn(traveller, { name: `gate${number}`, place: places[0] })
  const full = await node.spawn(narrow, { name: `full${number}`, place: places[1] })
  full.tell('block', gate)
  await full.offer('put', 1)
  // There is room for it once the first message is in hand.
  await full.offer('put', 2)
  const ear = await node.spawn(traveller, { name: `ear${number}`, place: places[0] })
  const seen = async (): Promise<unknown> => {
    await full.offer('report', ear)
    const [first] = (await ear.ask('gathered', 1)) ?? []
    return first
  }
  return { full, open: () => gate.tell('open'), seen }
}

function offers(world: () => World): void {
  test('a tell and an ask are refused, an offer waits for room and keeps its turn', async () => {
    const { full, open, seen } = await blocked(world())
    await expect(full.ask('seen')).rejects.toEqual(code('mailbox-full'))
    const offered = full.offer('put', 3)
    open()
    await offered
    expect(await seen()).toEqual([1, 2, 3])
  })

  test('an offer that finds no room in time says that nothing was sent', async () => {
    const { full, open, seen } = await blocked(world())
    await expect(full.ask('seen')).rejects.toEqual(code('mailbox-full'))
    const offered = full.offer('put', 3, { timeoutMs: 40 }).catch((fault: unknown) => fault)
    await world().pass(40)
    expect(await offered).toEqual(code('offer-expired'))
    open()
    await full.offer('put', 4)
    expect(await seen()).toEqual([1, 2, 4])
  })

  test('an offer to nobody is refused', async () => {
    const { free } = await two(world())
    await expect(free.offer('put', 1)).rejects.toEqual(code('actor-unknown'))
  })
}

function ends(world: () => World): void {
  test.each(['stop', 'kill'] as const)(
    'who watches hears of a %s once, as an actor and from outside',
    async (how) => {
      const { a, b } = await two(world(), 'temporary')
      await a.ask('watch', b)
      const heard: Exit[] = []
      b.watch((exit) => heard.push(exit))
      const end = endOf(b)
      await b.ask('count')
      b[how]()
      const cause = how === 'stop' ? 'stopped' : 'killed'
      expect((await end).cause).toBe(cause)
      expect(await a.ask('heardOf', 1)).toEqual([{ path: b.path, cause }])
      expect(heard.map((exit) => exit.cause)).toEqual([cause])
    },
  )

  test('who fails for good ends by "failed", with the fault', async () => {
    const { b } = await two(world(), 'temporary')
    const end = endOf(b)
    b.tell('crash')
    expect(await end).toMatchObject({ cause: 'failed', fault: { code: 'handler-failed' } })
  })

  test('who watches somebody that never was hears so', async () => {
    const { a, free } = await two(world())
    await a.ask('watch', free)
    expect(await a.ask('heardOf', 1)).toEqual([{ path: free.path, cause: 'never-existed' }])
    expect((await endOf(free)).cause).toBe('never-existed')
  })

  test('who has stopped watching hears nothing', async () => {
    const { a, b } = await two(world(), 'temporary')
    await a.ask('watch', b)
    await a.ask('unwatch', b)
    const isHeard: Exit[] = []
    b.watch((exit) => isHeard.push(exit))()
    const end = endOf(b)
    b.stop()
    await end
    expect(await a.ask('heard')).toEqual([])
    expect(isHeard).toEqual([])
  })

  test('the name of one that has ended is free, and its ref reaches the next of that name', async () => {
    const { b } = await two(world(), 'temporary')
    b.tell('add', 5)
    const end = endOf(b)
    b.stop()
    await end
    const next = await world().node.spawn(traveller, { name: b.path, place: world().places[1] })
    expect(await next.ask('count')).toBe(0)
    expect(await b.ask('count')).toBe(0)
  })
}

function lives(world: () => World): void {
  test('who crashes begins anew; its mail stays, and nobody hears an end', async () => {
    const { a, b } = await two(world())
    await a.ask('watch', b)
    b.tell('add', 5)
    b.tell('crash')
    b.tell('add', 2)
    expect(await b.ask('count')).toBe(2)
    expect(await a.ask('heard')).toEqual([])
  })

  test('a child is reached, crashes and comes back like any other', async () => {
    const { a, b } = await two(world())
    const child = (await b.ask('child')) as RefOf<typeof kid>
    expect(child.path).toBe(`${b.path}/kid`)
    child.tell('add', 3)
    expect(await child.ask('count')).toBe(3)
    child.tell('crash')
    expect(await child.ask('count')).toBe(0)
    expect(await a.ask('askOf', [child as unknown as Ref, 'count'])).toBe(0)
  })

  test('who ends takes its children along', async () => {
    const { b } = await two(world(), 'temporary')
    const child = (await b.ask('child')) as RefOf<typeof kid>
    const ends = [endOf(child as unknown as Ref), endOf(b)]
    b.stop()
    expect((await Promise.all(ends)).map(({ cause }) => cause)).toEqual(['stopped', 'stopped'])
  })

  test('a permanent one that is stopped or killed comes back', async () => {
    const { b } = await two(world(), 'permanent')
    b.tell('add', 5)
    await b.ask('count')
    b.kill()
    expect(await b.ask('count')).toBe(0)
  })
}
