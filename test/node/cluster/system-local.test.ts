// Local nodes as processes: a cluster that is up, one of its nodes killed as the kernel kills, its root served elsewhere, and nothing left at the end.
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startLocalNodes } from '../../../node/cluster/local-nodes.ts'
import { SystemClock } from '../../../node/system-clock.ts'
import type { LocalNodes } from '../../../node/cluster/local-nodes.ts'

async function data(nodes: LocalNodes, name: string, line: string): Promise<Record<string, unknown>> {
  const { status, data: answer, error } = JSON.parse(await nodes.run(name, line)) as Record<string, unknown>
  return { status, ...(Object(answer) as object), ...(Object(error) as object) }
}

/** What was on its way to a node when that was lost says so, once: the next is for the node that has taken over. */
async function settled(nodes: LocalNodes, name: string, line: string): Promise<Record<string, unknown>> {
  const first = await data(nodes, name, line)
  return first['code'] === 'node-lost' ? await data(nodes, name, line) : first
}

function isAlive(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0)
  } catch {
    return false
  }
}

test('of three local nodes one is killed: its root answers elsewhere, it comes back, and the end leaves nothing', async () => {
  const clock = new SystemClock()
  const statuses: string[] = []
  const nodes = await startLocalNodes(3, {
    clock,
    changed: ({ name, status }) => void statuses.push(`${name} ${status}`),
  })
  const pids = nodes.nodes.map(({ pid }) => pid)
  try {
    expect(nodes.nodes.map(({ name, status }) => `${name} ${status}`)).toEqual(['n1 up', 'n2 up', 'n3 up'])
    expect(await data(nodes, 'n2', 'spawn counter clicks --place main')).toMatchObject({ node: 'n2' })
    await data(nodes, 'n2', 'tell clicks increment 3')
    expect(await data(nodes, 'n2', 'ask clicks value')).toMatchObject({ reply: 3 })
    await nodes.kill('n2')
    expect(isAlive(pids[1])).toBe(false)
    await expect(nodes.run('n2', 'ls')).rejects.toMatchObject({ code: 'local-failed' })
    await expect(nodes.run('n9', 'ls')).rejects.toMatchObject({ code: 'node-unknown' })
    for (const name of ['n1', 'n3']) {
      const { reply, node } = await settled(nodes, name, 'ask clicks value')
      expect([reply, node === 'n1' || node === 'n3']).toEqual([0, true])
    }
    await nodes.start('n2')
    expect(await data(nodes, 'n2', 'ask clicks value')).toMatchObject({ reply: 0 })
    pids.push(nodes.nodes[1]?.pid)
  } finally {
    await nodes.stop()
  }
  expect(nodes.nodes.map(({ status }) => status)).toEqual(['off', 'off', 'off'])
  expect(pids.filter(isAlive)).toEqual([])
  expect(existsSync(nodes.folder)).toBe(false)
  expect(statuses.slice(0, 2)).toEqual(['n1 starting', 'n1 up'])
})

test('a number of local nodes that is none is refused before anything is made', async () => {
  for (const count of [0, 21, 1.5]) {
    await expect(startLocalNodes(count, { clock: new SystemClock() })).rejects.toMatchObject({
      code: 'argument-invalid',
    })
  }
})

test('a node that cannot start says why, and nothing is left of those that could', async () => {
  const clock = new SystemClock()
  let folder = ''
  const starting = startLocalNodes(1, {
    clock,
    words: () => ['--load', '/nowhere/at-all.ts'],
    changed: (node) => {
      folder = node.folder
    },
  })
  await expect(starting).rejects.toMatchObject({
    code: 'local-failed',
    message: expect.stringContaining('there is no such file'),
  })
  expect(existsSync(folder)).toBe(false)
})
