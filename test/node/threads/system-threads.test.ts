// The tests of the system's threads: real workers, some of which do evil.
import { describe, expect, test } from 'vitest'
import { SystemClock } from '../../../node/system-clock.ts'
import { SystemThreads } from '../../../node/threads/system-threads.ts'
import { startIn, threadsContract } from '../../contracts/threads.ts'
import type { Started } from '../../contracts/threads.ts'

function threadsOf(body: string): SystemThreads {
  return new SystemThreads({ clock: new SystemClock(), body: new URL(body, import.meta.url).href })
}

function startEvil(name: string): Started {
  return startIn(threadsOf(`evil/${name}.ts`), 1, { heapMiBMax: 24 })
}

/** What became of the time in which another thread has rested. */
async function meanwhile({ thread }: Started): Promise<{ idleMs: number; activeMs: number }> {
  const other = startIn(threadsOf('rest.ts'), 2)
  const before = thread.usage()
  await other.inbox.next()
  await other.inbox.next()
  const after = thread.usage()
  await other.thread.terminate()
  return { idleMs: after.idleMs - before.idleMs, activeMs: after.activeMs - before.activeMs }
}

threadsContract(() => threadsOf('courier-body.ts'))

describe('a thread', () => {
  test.each(['spin', 'wait'])(
    'that blocks in "%s" shows it by its usage, and can be terminated',
    async (name) => {
      const started = startEvil(name)
      await started.inbox.next()
      const { idleMs, activeMs } = await meanwhile(started)
      expect(idleMs).toBe(0)
      expect(activeMs).toBeGreaterThan(30)
      await started.thread.terminate()
      expect((await started.lost).code).toBe('thread-terminated')
    },
  )

  test('that rests is idle', async () => {
    const { thread, inbox } = startIn(threadsOf('rest.ts'), 1)
    await inbox.next()
    const before = thread.usage()
    await inbox.next()
    expect(thread.usage().idleMs).toBeGreaterThan(before.idleMs)
    await thread.terminate()
  })

  test('finds this very package under its name', async () => {
    const { thread, inbox } = startIn(threadsOf('own-name.ts'), 1)
    expect((await inbox.next())[0]).toBe(1)
    await thread.terminate()
  })

  test('that calls process.exit is lost with the code, and the process goes on', async () => {
    const { lost, reasons, thread } = startEvil('leave')
    expect(await lost).toMatchObject({
      code: 'thread-exited',
      message: 'Cannot go on with thread 1: it exited with code 3',
      details: { thread: 1, exitCode: 3 },
    })
    await thread.terminate()
    expect(reasons).toHaveLength(1)
  })

  test('cannot abort the process', async () => {
    const why = await startEvil('abort').lost
    expect(why.code).toBe('thread-crashed')
    expect(why.message).toContain('process.abort() is not supported in workers')
  })

  test.each(['hoard', 'one-map', 'large-pieces', 'buffers'])(
    'that outgrows its heap by "%s" is lost, and the process goes on',
    async (name) => {
      expect(await startEvil(name).lost).toMatchObject({
        code: 'thread-memory-full',
        message: 'Cannot go on with thread 1: its heap outgrew the 24 MiB it may have',
        details: { heapMiBMax: 24 },
      })
    },
  )

  test('may make more garbage than its heap holds', async () => {
    const started = startIn(threadsOf('litter.ts'), 1, { heapMiBMax: 64 })
    expect((await started.inbox.next())[0]).toBe(1)
    await started.thread.terminate()
    expect(started.reasons.map(({ code }) => code)).toEqual(['thread-terminated'])
  })

  test.each([
    ['reject', 'TypeError: nobody awaits this', 'reject.ts'],
    ['refuse-number', 'number: 5', undefined],
    ['unload', 'SyntaxError: this file cannot be loaded', 'unload.ts'],
  ])('that fails by "%s" is lost with the cause and its place', async (name, message, place) => {
    const why = await startEvil(name).lost
    expect(why.code).toBe('thread-crashed')
    expect(why.message).toBe(`Cannot go on with thread 1: it threw ${message}`)
    expect(why.details?.['stack']).toEqual(
      place === undefined ? [] : expect.arrayContaining([expect.stringContaining(place)]),
    )
  })
})
