// Tests of `troupe cluster`: what it does with the keys in a folder, and what it says where it cannot.
import { PassThrough } from 'node:stream'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { CrashDisk } from '../../../scenarios/testing/crash-disk.ts'
import { Fault } from '../../../runtime/fault.ts'
import { MemoryDisk } from '../memory-disk.ts'
import { openGuard } from '../../../node/trust/path-guard.ts'
import { runClusterProgram } from '../../../node/console/cluster-program.ts'
import { SystemClock } from '../../../node/system-clock.ts'
import { tokensFrom } from '../../../node/console/tokens.ts'
import { plainInput, Sheet } from './tty.ts'
import type { TrustDesk } from '../../../node/console/trust-desk.ts'

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

const dir = resolve('a')
const other = '12D3KooWAB5QRr15CrCikp2i1dnwQ4Sr2CJmTW5HyEaoDemvGUBo'

/** A disk with folders of keys, and a shell on it. */
class Shelter {
  readonly disk: MemoryDisk = new MemoryDisk()
  readonly durableDisk: CrashDisk = new CrashDisk()
  readonly calls: string[] = []
  readonly input: PassThrough = new PassThrough()

  constructor() {
    this.disk.files.set('/pass', 'a passphrase for tests\n')
    this.disk.files.set('/other', 'another passphrase for tests\n')
  }

  async run(words: string, passphraseFile: string | undefined = '/pass'): Promise<Ran> {
    const [stdout, stderr] = [new Sheet(false), new Sheet(false)]
    const desk: TrustDesk = {
      disk: this.disk,
      durableDisk: this.durableDisk,
      guard: openGuard,
      clock: new SystemClock(),
      input: this.input,
      passphraseFile,
      scryptPower: 12,
      call: ({ addresses }) => {
        this.calls.push(...addresses)
        return Promise.reject(
          new Fault('peer-unreachable', 'Cannot knock: nobody is there', { hint: 'Try again.' }),
        )
      },
    }
    const options = { input: plainInput, isJson: false, words: tokensFrom(['cluster', ...words.split(' ')]) }
    const signal = new AbortController().signal
    const env = { LANG: 'C.UTF-8' }
    const code = await runClusterProgram(options, { stdout, stderr, env, desk, signal })
    return { code, out: stdout.text, err: stderr.text }
  }
}

test('a cluster is founded once in a folder, and shown', async () => {
  const shelter = new Shelter()
  const made = await shelter.run('init a --life 1h')
  expect(made).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^✔ cluster [a-z2-7]{16} is/) })
  expect(await shelter.run('init a')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^trust-taken: /),
  })
  const shown = await shelter.run('show a')
  expect(shown).toMatchObject({ code: 0, err: '' })
  expect(shown.out).toMatch(
    /^cluster {6}\S+\nnode {9}12D3\S+\ncertificate {2}\S+, good until .*\nauthority {4}steady: /,
  )
  expect(await shelter.run('show a', '/other')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^passphrase-wrong: /),
  })
})

test('a passphrase is made into a file that is not there, and gone again where nothing came of it', async () => {
  const shelter = new Shelter()
  await shelter.durableDisk.makeFolder(resolve('.'))
  const made = await shelter.run('init a --make-passphrase secret')
  expect(made.out).toContain('--passphrase-file secret')
  expect(await shelter.durableDisk.names(resolve('.'))).toContain('secret')
  expect(await shelter.run('init b --make-passphrase secret')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^disk-failed: .*it is there already/),
  })
  expect(await shelter.run('init a --make-passphrase second')).toMatchObject({ code: 1 })
  expect(await shelter.durableDisk.names(resolve('.'))).not.toContain('second')
  expect(await shelter.run('init c --make-passphrase third --passphrase-file /pass')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^argument-invalid: /),
  })
})

test('a token names where the node was last, or what is given, and nothing else is printed', async () => {
  const shelter = new Shelter()
  await shelter.run('init a')
  expect(await shelter.run('token a')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^address-missing: /),
  })
  shelter.disk.files.set(`${dir}/addresses.json`, '["/ip4/127.0.0.1/tcp/7"]')
  expect((await shelter.run('token a')).out).toMatch(/^troupe-join-1\.[\w-]+\n$/)
  const json = await shelter.run('token a --address /ip4/10.0.0.1/tcp/4001 --life 10m --json')
  expect(JSON.parse(json.out)).toMatchObject({
    command: 'cluster token',
    data: { addresses: ['/ip4/10.0.0.1/tcp/4001'], endsAt: expect.any(String) },
  })
  expect(await shelter.run('token a --life 9d')).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^argument-/),
  })
})

test('a token is taken from a file, from the pipe or as it is, one of them', async () => {
  const shelter = new Shelter()
  await shelter.run('init a')
  const { out: token } = await shelter.run('token a --address /ip4/127.0.0.1/tcp/7')
  shelter.disk.files.set('/token', token)
  shelter.input.end(`\n${token}`)
  const ways = ['b --token-file /token', 'c -', `d ${token.trim()}`]
  for (const way of ways) {
    expect(await shelter.run(`join ${way}`)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^peer-unreachable: /),
    })
  }
  expect(shelter.calls).toEqual(Array.from({ length: 3 }, () => '/ip4/127.0.0.1/tcp/7'))
  const empty = new Shelter()
  empty.input.end('\n')
  for (const way of ['e', 'e - --token-file /token', 'e -']) {
    expect((await empty.run(`join ${way}`)).err).toMatch(/^argument-missing: /)
  }
  expect((await shelter.run('join e troupe-join-1.x')).err).toMatch(/^token-invalid: /)
})

test('a node is revoked by its name or its peer id, a certificate by its number, and all are shown', async () => {
  const shelter = new Shelter()
  await shelter.run('init a')
  const book = [{ peer: other, name: 'berlin', addresses: [] }]
  shelter.disk.files.set(`${dir}/peers.json`, JSON.stringify(book))
  expect(await shelter.run('revoke a nobody')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^node-unknown: .*knows berlin by name/),
  })
  expect(await shelter.run('revoke a berlin --reason stolen')).toEqual({
    code: 0,
    err: '',
    out: `✔ node ${other} is revoked\n`,
  })
  expect(await shelter.run('revoke a 0a0b --certificate')).toMatchObject({ code: 0 })
  const { out } = await shelter.run('show a')
  expect(out).toMatch(new RegExp(`known +berlin ${other}\nrevoked +peer ${other} .*stolen\n +serial 0a0b`))
})

test('the authority goes through its three steps, the last one not before its time', async () => {
  const shelter = new Shelter()
  await shelter.run('init a')
  expect((await shelter.run('rotate a')).out).toMatch(/^✔ published {2}/)
  expect((await shelter.run('rotate a')).out).toMatch(/^✔ switched {2}/)
  expect(await shelter.run('rotate a')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^rotation-early: /),
  })
})

test('help is told of all tasks and of each, and a wrong word ends with 2', async () => {
  const shelter = new Shelter()
  expect((await shelter.run('--help')).out).toMatch(
    /^troupe cluster init\|token\|join\|revoke\|rotate\|show DIR/,
  )
  for (const task of ['init', 'token', 'join', 'revoke', 'rotate', 'show']) {
    expect(await shelter.run(`${task} --help`)).toMatchObject({
      code: 0,
      out: expect.stringContaining('--passphrase-file FILE'),
    })
  }
  expect(await shelter.run('innit a')).toMatchObject({
    code: 2,
    err: expect.stringContaining('cluster init'),
  })
  const json = await shelter.run('show nowhere --json')
  expect(json).toMatchObject({ code: 1, err: '' })
  expect(JSON.parse(json.out)).toMatchObject({ command: 'cluster show', error: { code: 'trust-missing' } })
})
