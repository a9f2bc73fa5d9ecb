// Tests of names: what may be one, who has it, and from when on another may.
import { describe, expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import type { Fault } from 'troupe'

const idle = defineActor('idle', { on: { ping: () => 'pong' } })
const parent = defineActor('parent', {
  on: {
    grow: (self, name: string) => self.spawn(idle, name).path,
  },
})

const hostile: Record<string, string> = {
  'an empty name': '',
  'a dot': '.',
  'two dots': '..',
  'a step up': 'bank/../root',
  'a slash in front': '/bank',
  'a slash at the end': 'bank/',
  'two slashes': 'bank//ada',
  'a backslash': 'bank\\ada',
  'a space': 'bank ada',
  'a line break': 'bank\nada',
  'a NUL': 'bank\0ada',
  'an escape sequence': '\u001B[2Jbank',
  HTML: '<img src=x onerror=alert(1)>',
  'a quote': 'bank"ada',
  'a right-to-left mark': 'bank\u202Eada',
  'a zero-width space': 'bank\u200Bada',
  'a letter that only looks like one': 'b\u0430nk',
  'a lone surrogate': 'bank\uD800',
  'a dollar, which the runtime uses': 'idle$1',
  'an option': '--force',
  'a name of 4 KB': 'a'.repeat(4_096),
  'a deep path of 4 KB': 'a/'.repeat(2_048) + 'a',
}

describe('refused, with nothing left behind', () => {
  for (const [what, name] of Object.entries(hostile)) {
    test(`${what}, for a root and for a child`, async () => {
      await using node = await startTestNode({ strict: false })
      const ref = await node.spawn(parent, 'p')
      const faults = [
        await node.spawn(idle, name).catch((fault: Fault) => fault),
        await node.spawn(idle, { name }).catch((fault: Fault) => fault),
        await ref.ask('grow', name).catch((fault: Fault) => fault),
      ] as Fault[]
      for (const fault of faults) {
        expect(fault.code).toBe('name-invalid')
        expect(fault.hint).toContain('letters, digits')
        expect(fault.message).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]{1,300}$/u)
      }
      expect(node.audit()).toMatchObject({ actors: 1, isBalanced: true })
    })
  }

  test('a path in place of a child’s name', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(parent, 'p')
    await expect(ref.ask('grow', 'a/b')).rejects.toMatchObject({ code: 'name-invalid' })
  })

  test('a child whose whole path would be too long', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(parent, 'a'.repeat(300))
    await expect(ref.ask('grow', 'b'.repeat(300))).rejects.toMatchObject({ code: 'name-invalid' })
    expect(node.audit().actors).toBe(1)
  })

  test('what is not a string at all', async () => {
    await using node = await startTestNode()
    for (const name of [5, null, {}, ['a'], Symbol('a')]) {
      await expect(node.spawn(idle, { name: name as unknown as string })).rejects.toMatchObject({
        code: 'name-invalid',
      })
    }
  })
})

describe('taken', () => {
  test('a name in use is refused, and its owner lives on', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(idle, 'a')
    await expect(node.spawn(idle, 'a')).rejects.toMatchObject({
      code: 'name-taken',
      message: 'Cannot spawn "a": an actor lives there already',
    })
    expect(await ref.ask('ping')).toBe('pong')
    expect(node.audit().actors).toBe(1)
  })

  test('of many spawns with one name at once exactly one succeeds', async () => {
    await using node = await startTestNode()
    const spawns = await Promise.allSettled(Array.from({ length: 20 }, () => node.spawn(idle, 'a')))
    expect(spawns.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('a name is free again once its actor has ended, not while it ends', async () => {
    await using node = await startTestNode()
    const slow = defineActor('slow', {
      on: {},
      stopping: () => gate.promise,
    })
    const gate = Promise.withResolvers<void>()
    const ref = await node.spawn(slow, 'a')
    ref.stop()
    await node.settle()
    await expect(node.spawn(idle, 'a')).rejects.toMatchObject({ code: 'name-taken' })
    gate.resolve()
    await node.settle()
    expect((await node.spawn(idle, 'a')).path).toBe('a')
  })

  test('a root may not take the path of a child, nor a child that of a root', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(parent, 'p')
    await ref.ask('grow', 'kid')
    await expect(node.spawn(idle, 'p/kid')).rejects.toMatchObject({ code: 'name-taken' })
    await node.spawn(idle, 'p/root')
    await expect(ref.ask('grow', 'root')).rejects.toMatchObject({ code: 'name-taken' })
  })

  test('a name is kept through a restart', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(idle, 'a')
    ref.kill()
    await expect(node.spawn(idle, 'a')).rejects.toMatchObject({ code: 'name-taken' })
    await node.settle()
    await expect(node.spawn(idle, 'a')).rejects.toMatchObject({ code: 'name-taken' })
  })
})

test('a thousand actors without a name have a thousand paths', async () => {
  await using node = await startTestNode()
  const refs = await Promise.all(Array.from({ length: 1_000 }, () => node.spawn(idle)))
  expect(new Set(refs.map(({ path }) => path)).size).toBe(1_000)
})

test('a definition that was not made by defineActor is refused', async () => {
  await using node = await startTestNode()
  for (const fake of [undefined, null, 'idle', {}, { ...idle }]) {
    await expect(node.spawn(fake as unknown as typeof idle)).rejects.toMatchObject({
      code: 'definition-invalid',
    })
  }
})
