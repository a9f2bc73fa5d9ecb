// Tests of the program in a cluster: keys, tokens, nodes and local nodes, as a shell sees them.
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ProgramRun, runProgram } from './program-run.ts'

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'troupe-cli-cluster-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('a cluster is founded, a second node joins with a token from a pipe, and speaks with the first', async () => {
  const [amsterdam, berlin, passphrase] = ['amsterdam', 'berlin', 'passphrase'].map((name) =>
    join(folder, name),
  ) as [string, string, string]
  const env = { TROUPE_PASSPHRASE_FILE: passphrase }
  const init = await runProgram(['cluster', 'init', amsterdam, '--make-passphrase', passphrase])
  expect(init).toMatchObject({ code: 0, err: '', out: expect.stringContaining('troupe --cluster ') })
  const first = new ProgramRun(['--cluster', amsterdam], env)
  first.child.stdin.write('spawn counter clicks\n')
  await first.until(/^clicks/m)
  const token = await runProgram(['cluster', 'token', amsterdam], '', env)
  expect(token.out).toMatch(/^troupe-join-1\.\S+\n$/)
  const joined = await runProgram(['cluster', 'join', berlin, '-', '--json'], token.out, env)
  expect(JSON.parse(joined.out)).toMatchObject({ command: 'cluster join', data: { folder: berlin } })
  const again = await runProgram(['cluster', 'join', join(folder, 'rome'), '-'], token.out, env)
  expect(again).toMatchObject({ code: 1, err: expect.stringMatching(/^join-refused: .*token-spent/) })

  const second = await runProgram(
    ['--cluster', berlin, '-e', 'tell clicks increment 2', '-e', 'ask clicks value'],
    '',
    env,
  )
  expect(second).toMatchObject({ code: 0, out: expect.stringMatching(/^2$/m) })
  first.child.kill('SIGINT')
  expect((await first.ended).code).toBe(130)
  // Its folder knows who has been there.
  const revoked = await runProgram(
    ['cluster', 'revoke', amsterdam, 'berlin', '--passphrase-file', passphrase],
    '',
    {},
  )
  expect(revoked).toMatchObject({ code: 0, out: expect.stringMatching(/^✔ node 12D3\S+ is revoked\n$/) })
})

test('what belongs to a cluster is refused where there is none, with 2 and what to write', async () => {
  const cases: readonly (readonly [words: string[], code: string])[] = [
    [['--listen', '/ip4/0.0.0.0/tcp/4001'], 'trust-missing'],
    [['--seed', '/ip4/10.0.0.1/tcp/4001'], 'argument-invalid'],
    [['--discover'], 'argument-invalid'],
    [['--kind', 'emperor', '--cluster', 'x'], 'argument-invalid'],
    [['cluster'], 'command-unknown'],
    [['cluster', 'jion', 'x'], 'command-unknown'],
    [['up', '--nodes', '0'], 'argument-invalid'],
    [['up', '--notes', '3'], 'option-unknown'],
  ]
  const ended = await Promise.all(cases.map(([words]) => runProgram(words)))
  expect(ended.map(({ code, err }) => [code, err.split(':', 1)[0]])).toEqual(
    cases.map(([, code]) => [2, code]),
  )
})

test('a folder without keys, and no passphrase, end with 1', async () => {
  const nowhere = join(folder, 'nowhere')
  const [missing, none] = await Promise.all([
    runProgram(['--cluster', nowhere, '-e', 'ls'], '', {
      TROUPE_PASSPHRASE_FILE: join(folder, 'passphrase'),
    }),
    runProgram(['--cluster', nowhere, '-e', 'ls']),
  ])
  expect(missing).toMatchObject({ code: 1, err: expect.stringMatching(/^trust-missing: /) })
  expect(none).toMatchObject({ code: 1, err: expect.stringMatching(/^passphrase-invalid: /) })
})

test('three nodes are up with one command, one is killed and started, and an interrupt ends all of them', async () => {
  const run = new ProgramRun(['up', '--nodes', '3'])
  run.child.stdin.write('local ls --json\nspawn counter clicks --place main\n')
  await run.until(/^clicks/m)
  const listed = JSON.parse(/^\{.*\}$/m.exec(run.out)?.[0] ?? '{}') as {
    readonly data: { readonly folder: string; readonly nodes: readonly { readonly pid: number }[] }
  }
  expect(listed.data.nodes).toHaveLength(3)
  run.child.stdin.write('local kill n2\nlocal start n2\nask clicks value\n')
  await run.until(/^0$/m)
  expect(run.out).toMatch(/n2 is killed\n✔ n2 is up, process \d+\n0\n/)
  run.child.kill('SIGINT')
  expect((await run.ended).code).toBe(130)
  expect(existsSync(listed.data.folder)).toBe(false)
  expect(listed.data.nodes.filter(({ pid }) => isAlive(pid))).toEqual([])
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
