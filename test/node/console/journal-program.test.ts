// Tests of `troupe journal`: what it does with the journal in a folder, and what it says where it cannot.
import { Buffer } from 'node:buffer'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { CrashDisk } from '../../../scenarios/testing/crash-disk.ts'
import { MemoryTables } from '../../../scenarios/testing/memory-table.ts'
import { openOfflineArchive } from '../../../node/journal/offline-archive.ts'
import { runJournalProgram } from '../../../node/console/journal-program.ts'
import { seededRandom } from '../../../runtime/random.ts'
import { SystemClock } from '../../../node/system-clock.ts'
import { tokensFrom } from '../../../node/console/tokens.ts'
import { plainInput, Sheet } from './tty.ts'
import type { Commit } from '../../../runtime/commit.ts'
import type { OfflineParts } from '../../../node/journal/offline-archive.ts'

/** What one run of the program came to. */
interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** A disk with folders of journals, and a shell on it. */
class Shelter {
  readonly disk: CrashDisk = new CrashDisk()
  readonly tables: MemoryTables = new MemoryTables()
  readonly offline: OfflineParts = {
    disk: this.disk,
    table: (folder) => this.tables.open(folder),
    clock: new SystemClock(),
    random: seededRandom(1),
  }

  async run(
    words: string,
    options: { readonly isTty?: boolean; readonly signal?: AbortSignal } = {},
  ): Promise<Ran> {
    const { isTty = false, signal = new AbortController().signal } = options
    const [stdout, stderr] = [new Sheet(isTty), new Sheet(isTty)]
    const code = await runJournalProgram(
      { input: plainInput, isJson: false, words: tokensFrom(['journal', ...words.split(' ')]) },
      { stdout, stderr, env: { LANG: 'C.UTF-8' }, offline: this.offline, signal },
    )
    return { code, out: stdout.text, err: stderr.text }
  }

  /** Makes a journal of a node named `old`, and puts one record for each commit into it. */
  async fill(folder: string, commits: readonly (readonly [id: string, commit: Commit])[]): Promise<void> {
    const makeFor = { node: 'old', cluster: 'alone' }
    const archive = await openOfflineArchive(this.offline, { folder: resolve(folder), makeFor })
    for (const [id, commit] of commits) {
      const { epoch, seq } = await archive.journal.recover(id, undefined, () => {})
      const body = archive.codec.encode(commit, 'write')
      await new Promise<void>((done, fail) => {
        const append = {
          id,
          epoch,
          seq: seq + 1,
          kind: 'commit',
          atMs: 1_767_225_600_000,
          body,
          tags: [],
        } as const
        archive.journal.append(append, (fault) => (fault === undefined ? done() : fail(fault)))
      })
      archive.journal.release(id, epoch)
    }
    await archive.close()
  }

  /** Changes the bytes of a text wherever it stands in the log. */
  async damage(folder: string, text: string): Promise<void> {
    const place = `${resolve(folder)}/log`
    for (const name of await this.disk.names(place)) {
      const file = await this.disk.open(`${place}/${name}`, 'write')
      const bytes = Buffer.alloc(await file.size())
      await file.read(bytes, 0)
      const at = bytes.indexOf(text)
      if (at >= 0) await file.write(Buffer.from('?'), at)
      await file.sync()
      await file.close()
    }
    this.tables.remove(`${resolve(folder)}/index`)
  }
}

async function filled(): Promise<Shelter> {
  const shelter = new Shelter()
  await shelter.fill('data', [
    ['bank/ada', { events: [['paid', 5, 1]] }],
    ['bank/bob', { events: [['paid', 'a-marked-text', 1]] }],
    ['bank/ada', { events: [['paid', 6, 1]] }],
  ])
  return shelter
}

test('a journal is listed, shown and verified where it lies', async () => {
  const shelter = await filled()
  const listed = await shelter.run('ls data')
  expect(listed).toMatchObject({ code: 0, err: '' })
  expect(listed.out).toMatch(/^PATH .*\nbank\/ada +1 +2 +\d+ .*\nbank\/bob +1 +1 /)
  expect(await shelter.run('show data bank/ada --from 2')).toEqual({
    code: 0,
    err: '',
    out: expect.stringMatching(
      /^2 {2}2026-01-01T00:00:00\.000Z {2}commit {2}epoch \d+\n {2}event {5}paid {2}6\n$/,
    ),
  })
  expect((await shelter.run('verify data')).out).toMatch(
    /^✔ the journal is whole\nactors +2\nrecords +3\nbytes /,
  )
})

test('an export goes into a new journal of the same node, and another compacts and accepts nothing', async () => {
  const shelter = await filled()
  expect(await shelter.run('export data out')).toMatchObject({ code: 0, err: '' })
  expect(await shelter.run('import copy out')).toEqual({ code: 0, out: '✔ 3 records of 2 actors\n', err: '' })
  const show = async (folder: string): Promise<string> =>
    (await shelter.run(`show ${folder} bank/ada`)).out.replaceAll(/epoch \d+/g, '')
  expect(await show('copy')).toBe(await show('data'))
  expect((await shelter.run('compact copy')).out).toMatch(/^✔ .* 0 records dropped\n$/)
  expect((await shelter.run('accept copy')).out).toContain('no damage')
  await shelter.run('export copy again')
  const head = await shelter.run('import third again --node new --json')
  expect(JSON.parse(head.out)).toMatchObject({ command: 'journal import', data: { records: 3 } })
})

test('damage is a no with its file and place, and is told again where it is accepted as a loss', async () => {
  const shelter = await filled()
  await shelter.damage('data', 'a-marked-text')
  const { code, out } = await shelter.run('verify data')
  expect(code).toBe(1)
  expect(out).toMatch(/^✖ \d+ places? (?:is|are) damaged\n[\s\S]*hole {2}\S+\.log at \d+, \d+ bytes/)
  expect((await shelter.run('accept data')).out).toMatch(/^✔ accepted as a loss:\n {2}hole /)
  expect(await shelter.run('ls data')).toMatchObject({ code: 0 })
})

test('a folder without a journal, and one that a live process has, are refused and left as they are', async () => {
  const shelter = await filled()
  expect(await shelter.run('ls nowhere')).toEqual({
    code: 1,
    out: '',
    err: expect.stringMatching(/^journal-missing: Cannot open the journal in ".*nowhere": there is none\n→ /),
  })
  expect(await shelter.disk.names('')).not.toContain('nowhere/')
  const holder = shelter.disk.lockElsewhere(resolve('data'), 4711)
  expect(await shelter.run('verify data')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^folder-locked: .*4711/),
  })
  holder.die()
  expect(await shelter.run('verify data')).toMatchObject({ code: 0 })
})

test('what cannot be understood ends with 2, in JSON with an envelope', async () => {
  const shelter = new Shelter()
  for (const words of ['nothing data', 'ls', 'ls data --limt 3', 'show data', 'compact data more']) {
    const { code, out, err } = await shelter.run(words)
    expect({ words, code, out }).toEqual({ words, code: 2, out: '' })
    expect(err).toMatch(/^(?:command-unknown|argument-missing|option-unknown|argument-unexpected): /)
  }
  const { code, out, err } = await shelter.run('ls --json')
  expect({ code, err }).toEqual({ code: 2, err: '' })
  expect(JSON.parse(out)).toMatchObject({ status: 'error', error: { code: 'argument-missing' } })
})

test('each task is explained, and all of them together', async () => {
  const shelter = new Shelter()
  expect((await shelter.run('--help')).out).toMatch(
    /^troupe journal ls\|show\|verify\|export\|import\|compact\|accept FOLDER/,
  )
  const { code, out } = await shelter.run('show --help')
  expect(code).toBe(0)
  expect(out).toContain('troupe journal show FOLDER ACTOR')
})

test('every answer is an envelope where JSON is asked for, and a stream has its end', async () => {
  const shelter = await filled()
  const lines = async (words: string): Promise<unknown[]> =>
    (await shelter.run(`${words} --json`)).out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
  expect(await lines('verify data')).toMatchObject([{ command: 'journal verify', data: { isWhole: true } }])
  expect(await lines('show data bank/ada')).toMatchObject([
    { command: 'journal show', data: { seq: 1 } },
    { data: { seq: 2 } },
    { end: { records: 2, reason: 'complete' } },
  ])
})

test('one that is interrupted ends with 130, and the journal is free again', async () => {
  const shelter = await filled()
  const enough = new AbortController()
  enough.abort()
  for (const words of ['verify data', 'export data out', 'show data bank/ada'])
    expect(await shelter.run(words, { signal: enough.signal })).toMatchObject({ code: 130 })
  expect(await shelter.run('verify data')).toMatchObject({ code: 0 })
})
