// Tests of the stash: what is put aside comes back in order, once, in front, and counts all the while.
import { describe, expect, test } from 'vitest'
import { defineActor, Fault } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { stashMax } from '../../runtime/stash.ts'

/** Puts numbers aside until it is opened. */
const shelf = defineActor('shelf', {
  state: () => ({ seen: [] as (number | string)[] }),
  on: {
    async takeSlowly(self, value: number) {
      await Promise.resolve()
      self.stash()
      await Promise.resolve()
      return `lost ${value}`
    },
    take(self, _value: number): unknown {
      self.stash()
      return 'this reply is not given'
    },
    open(self) {
      self.become('opened')
      self.unstash()
    },
    note: (self, line: string) => void self.state.seen.push(line),
    crash() {
      throw new Error('broken')
    },
  },
  behaviours: {
    opened: {
      take(self, value: number) {
        self.state.seen.push(value)
        return value
      },
      takeSlowly(self, value: number) {
        self.state.seen.push(value)
        return `got ${value}`
      },
      note: (self, line: string) => void self.state.seen.push(line),
      seen: (self) => self.state.seen,
    },
  },
})

test('what was put aside is handled in its order, before what came after it', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(shelf)
  for (const value of [1, 2, 3]) ref.tell('take', value)
  ref.tell('open')
  for (const value of [4, 5]) ref.tell('take', value)
  await node.settle()
  expect(await ref.ask('seen')).toEqual([1, 2, 3, 4, 5])
})

test('what was put aside is neither handled nor answered, until it comes back', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(shelf)
  const asks = [ref.ask('take', 1), ref.ask('takeSlowly', 2)]
  await node.settle()
  expect(node.audit()).toMatchObject({ accepted: 2, handled: 0, stashed: 2, inHand: 0, isBalanced: true })
  ref.tell('open')
  expect(await Promise.all(asks)).toEqual([1, 'got 2'])
  expect(node.audit()).toMatchObject({ accepted: 3, handled: 3, stashed: 0 })
})

test('an asynchronous handler may put its message aside after an await', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(shelf)
  for (const value of [1, 2]) ref.tell('takeSlowly', value)
  await node.settle()
  expect(node.audit()).toMatchObject({ stashed: 2, inHand: 0, isBalanced: true })
  ref.tell('open')
  await node.settle()
  expect(await ref.ask('seen')).toEqual([1, 2])
})

test('what is put aside again keeps its order', async () => {
  await using node = await startTestNode()
  const picky = defineActor('picky', {
    state: () => ({ wants: 0, seen: [] as number[] }),
    on: {
      take(self, value: number) {
        if (value !== self.state.wants) {
          self.stash()
          return
        }
        self.state.seen.push(value)
        self.state.wants++
        self.unstash()
      },
      seen: (self) => self.state.seen,
    },
  })
  const ref = await node.spawn(picky)
  for (const value of [3, 1, 4, 2, 0]) ref.tell('take', value)
  await node.settle()
  expect(await ref.ask('seen')).toEqual([0, 1, 2, 3, 4])
  expect(node.audit()).toMatchObject({ stashed: 0, isBalanced: true })
})

describe('the end of a life', () => {
  test('a restart puts what was aside in front of the mail', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(shelf)
    for (const value of [1, 2]) ref.tell('take', value)
    ref.tell('crash')
    ref.tell('open')
    ref.tell('take', 3)
    await node.settle()
    // The new life puts 1 and 2 aside again and opens then.
    expect(await ref.ask('seen')).toEqual([1, 2, 3])
    expect(node.runtime.host.totals.restarts).toBe(1)
    expect(node.audit()).toMatchObject({ dead: 1, stashed: 0 })
  })

  test('the end for good makes dead letters of what was aside', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(shelf)
    for (const value of [1, 2]) ref.tell('take', value)
    await node.settle()
    ref.stop()
    await node.settle()
    expect(node.audit()).toMatchObject({ accepted: 2, dead: 2, deadLetters: { 'actor-stopped': 2 } })
    expect(node.runtime.host.deadLetters.list().map(({ envelope }) => envelope.payload)).toEqual([1, 2])
  })

  test('a handler that puts its message aside and then fails has failed with it', async () => {
    await using node = await startTestNode()
    const undecided = defineActor('undecided', {
      on: {
        now(self) {
          self.stash()
          throw new Error('changed its mind')
        },
        async later(self) {
          await Promise.resolve()
          self.stash()
          throw new Error('changed its mind')
        },
      },
    })
    const ref = await node.spawn(undecided)
    ref.tell('now')
    ref.tell('later')
    await node.settle()
    expect(node.audit()).toMatchObject({ stashed: 0, dead: 2, waiting: 0, isBalanced: true })
    expect(node.audit().deadLetters).toEqual({ 'handler-failed': 2 })
  })

  test('a fault after putting aside is an answer, and the next message is not put aside for it', async () => {
    await using node = await startTestNode()
    const hasty = defineActor('hasty', {
      on: {
        regret(self) {
          self.stash()
          throw new Fault('stash-regretted', 'Cannot wait: it will not', { hint: 'Ask again.' })
        },
        ping: () => 'pong',
      },
    })
    const ref = await node.spawn(hasty)
    await expect(ref.ask('regret')).rejects.toMatchObject({ code: 'stash-regretted' })
    expect(await ref.ask('ping')).toBe('pong')
    expect(node.audit()).toMatchObject({ handled: 2, stashed: 0 })
  })

  test('a kill while a handler runs that has put its message aside keeps the message', async () => {
    await using node = await startTestNode()
    let tries = 0
    const stuck = defineActor('stuck', {
      on: {
        async take(self) {
          if (tries++ > 0) return
          self.stash()
          await new Promise<void>(() => undefined)
        },
      },
    })
    const ref = await node.spawn(stuck)
    ref.tell('take')
    await node.settle()
    expect(node.audit()).toMatchObject({ stashed: 0, inHand: 1, isBalanced: true })
    ref.kill()
    await node.settle()
    expect([tries, node.audit().handled, node.audit().dead]).toEqual([2, 1, 0])
  })
})

describe('bounds', () => {
  test('a full stash fails the handler with a fault, and holds what it has', async () => {
    await using node = await startTestNode({ strict: false })
    const ref = await node.spawn(shelf)
    for (let value = 0; value < stashMax; value++) ref.tell('take', value)
    await expect(ref.ask('take', stashMax)).rejects.toMatchObject({ code: 'stash-full' })
    expect(node.audit()).toMatchObject({ stashed: stashMax, handled: 1 })
    ref.tell('open')
    const seen = (await ref.ask('seen')) as number[]
    expect([seen.length, seen[0], seen.at(-1)]).toEqual([stashMax, 0, stashMax - 1])
  })

  test('to put one message aside twice, or none, is a misuse', async () => {
    await using node = await startTestNode()
    const codes: string[] = []
    const misuser = defineActor('misuser', {
      started(self) {
        try {
          self.stash()
        } catch (fault) {
          codes.push((fault as Fault).code)
        }
      },
      on: {
        twice(self) {
          self.stash()
          self.stash()
        },
      },
    })
    const ref = await node.spawn(misuser)
    await expect(ref.ask('twice')).rejects.toMatchObject({ code: 'stash-misused' })
    expect(codes).toEqual(['stash-misused'])
  })

  test('what is put back between two messages is handled without a third', async () => {
    await using node = await startTestNode({ strict: false })
    const selves: { unstash(): void }[] = []
    const keeper = defineActor('keeper', {
      state: () => ({ count: 0 }),
      on: {
        take(self) {
          selves.push(self)
          if (self.state.count++ === 0) self.stash()
        },
      },
    })
    const ref = await node.spawn(keeper)
    ref.tell('take')
    await node.settle()
    selves[0]?.unstash()
    await node.settle()
    expect(node.audit()).toMatchObject({ handled: 1, stashed: 0, waiting: 0 })
  })

  test('to unstash with nothing aside does nothing', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(shelf)
    ref.tell('open')
    await node.settle()
    expect(node.audit()).toMatchObject({ handled: 1, waiting: 0 })
  })
})
