// The contract of threads, one body for all of them. Each thread runs a courier.
import { expect, test } from 'vitest'
import { letter, throwWord } from '../node/threads/courier.ts'
import { Inbox } from '../node/threads/inbox.ts'
import type { Fault } from '../../runtime/fault.ts'
import type { Thread, ThreadRequest, Threads } from '../../runtime/threads.ts'

/** Nobody moves. */
const decisions = new Int32Array(new SharedArrayBuffer(4))

/** Nothing is loaded: the courier knows no modules. */
export function requestOf(id: number, more: Partial<ThreadRequest> = {}): ThreadRequest {
  return { id, name: 'test', load: [], strict: false, journal: false, heapMiBMax: 64, decisions, ...more }
}

/** A thread with what it sends to the main thread and how it was lost. */
export interface Started {
  readonly thread: Thread
  readonly inbox: Inbox
  /** Why it was lost, each time that it was said. */
  readonly reasons: Fault[]
  readonly lost: Promise<Fault>
}

export function startIn(threads: Threads, id: number, more: Partial<ThreadRequest> = {}): Started {
  const { promise, resolve } = Promise.withResolvers<Fault>()
  const reasons: Fault[] = []
  const thread = threads.start(requestOf(id, more), {
    lost: (why) => {
      reasons.push(why)
      inbox.fail(why)
      resolve(why)
    },
  })
  const inbox = new Inbox(thread.wire)
  return { thread, inbox, reasons, lost: promise }
}

export function threadsContract(make: () => Threads): void {
  test('there is at least one core', () => {
    expect(make().cores).toBeGreaterThanOrEqual(1)
  })

  test('a thread is known by the number it was asked for', async () => {
    const { thread } = startIn(make(), 7)
    expect(thread.id).toBe(7)
    await thread.terminate()
  })

  test('what is written at once waits until the thread is ready, and comes back in order', async () => {
    const { thread, inbox } = startIn(make(), 1)
    for (const number of [5, 6, 7]) expect(thread.wire.write('messages', letter(0, number))).toBe(true)
    expect([await inbox.next(), await inbox.next(), await inbox.next()].map(([number]) => number)).toEqual([
      5, 6, 7,
    ])
    await thread.terminate()
  })

  test('a wire between two threads goes both ways, connected before they are ready', async () => {
    const threads = make()
    const [one, two] = [startIn(threads, 1), startIn(threads, 2)]
    one.thread.connect(two.thread)
    one.thread.wire.write('messages', letter(2, 0, 41))
    two.thread.wire.write('messages', letter(1, 0, 42))
    expect((await two.inbox.next())[0]).toBe(41)
    expect((await one.inbox.next())[0]).toBe(42)
    await Promise.all([one.thread.terminate(), two.thread.terminate()])
  })

  test('three threads are connected each with each', async () => {
    const threads = make()
    const started = [1, 2, 3].map((id) => startIn(threads, id))
    const [one, two, three] = started.map(({ thread }) => thread)
    one!.connect(two!)
    two!.connect(three!)
    three!.connect(one!)
    one!.wire.write('messages', letter(2, 3, 1, 0, 9))
    one!.wire.write('messages', letter(3, 2, 1, 0, 10))
    const came = [await started[0]!.inbox.next(), await started[0]!.inbox.next()]
    expect(came.map(([number]) => number).toSorted()).toEqual([10, 9])
    for (const { thread } of started) await thread.terminate()
  })

  test('terminate ends a thread and says so once', async () => {
    const { thread, reasons, lost, inbox } = startIn(make(), 3)
    await Promise.all([thread.terminate(), thread.terminate()])
    expect(await lost).toMatchObject({ code: 'thread-terminated', details: { thread: 3 } })
    await thread.terminate()
    expect(await inbox.closed).toBe('cut')
    expect(thread.wire.write('signals', letter(0))).toBe(false)
    expect(reasons).toHaveLength(1)
  })

  test('what is thrown where nobody waits ends the thread with its name and message', async () => {
    const { thread, reasons, lost, inbox } = startIn(make(), 4)
    thread.wire.write('messages', letter(throwWord))
    expect((await lost).toJSON()).toMatchObject({
      code: 'thread-crashed',
      message: 'Cannot go on with thread 4: it threw RangeError: the courier stumbled',
      details: { thread: 4, name: 'RangeError', message: 'the courier stumbled' },
    })
    expect(await inbox.closed).toBe('cut')
    await thread.terminate()
    expect(reasons).toHaveLength(1)
  })

  test('when one of two connected threads is lost, the other hears it from their wire', async () => {
    const threads = make()
    const [one, two] = [startIn(threads, 1), startIn(threads, 2)]
    one.thread.connect(two.thread)
    one.thread.wire.write('messages', letter(2, 1, 0, 5))
    expect((await one.inbox.next())[0]).toBe(5)
    await two.thread.terminate()
    expect((await one.inbox.next()).slice(0, 2)).toEqual([2, -2])
    await one.thread.terminate()
  })

  test('whoever is connected to a thread that is gone hears it from their wire', async () => {
    const threads = make()
    const [one, two] = [startIn(threads, 1), startIn(threads, 2)]
    await two.thread.terminate()
    one.thread.connect(two.thread)
    expect((await one.inbox.next()).slice(0, 2)).toEqual([2, -2])
    await one.thread.terminate()
  })

  test('turns rise when the thread says that it turns', async () => {
    const { thread, inbox } = startIn(make(), 1)
    thread.wire.write('messages', letter(0, 1))
    await inbox.next()
    expect(thread.usage().turns).toBe(1)
    expect(thread.usage().idleMs).toBeGreaterThanOrEqual(0)
    await thread.terminate()
    expect(thread.usage().turns).toBe(1)
  })
}
