// Tests of the system's durable disk: the contract, and what only real files, pipes and processes have.
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { systemDiskFault } from '../../node/disk-trouble.ts'
import { thisProcess } from '../../node/process-life.ts'
import { SystemDurableDisk } from '../../node/system-durable-disk.ts'
import { durableDiskContract, readAll, trouble } from '../contracts/durable-disk.ts'
import type { ChildProcess } from 'node:child_process'
import type { DiskStage } from '../contracts/durable-disk.ts'

const run = promisify(execFile)
const folders: string[] = []
const children: ChildProcess[] = []
const disk = new SystemDurableDisk()

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-durable-'))
  folders.push(folder)
  return folder
}

async function stage(): Promise<DiskStage> {
  return { disk, folder: await newFolder(), holdElsewhere }
}

afterEach(async () => {
  await Promise.all(children.splice(0).map(ended))
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })))
})

durableDiskContract(stage)

describe('files', () => {
  test('nobody but the owner can read what it makes, nor enter', async () => {
    const folder = await newFolder()
    await disk.makeFolder(`${folder}/a/b`)
    await (await disk.open(`${folder}/a/file`, 'create')).close()
    const modes = await Promise.all(
      ['a', 'a/b', 'a/file'].map(async (name) => (await stat(join(folder, name))).mode & 0o777),
    )
    expect(modes).toEqual([0o700, 0o700, 0o600])
  })

  test('a pipe that nobody writes or reads, a device and a link are no files, and nobody waits for them', async () => {
    const folder = await newFolder()
    await run('mkfifo', [`${folder}/pipe`])
    await (await disk.open(`${folder}/file`, 'create')).close()
    await symlink(`${folder}/file`, `${folder}/link`)
    for (const path of [`${folder}/pipe`, '/dev/zero', '/dev/full', `${folder}/link`]) {
      expect([path, await trouble(disk.open(path, 'read'))]).toEqual([path, 'not-a-file'])
      expect([path, await trouble(disk.open(path, 'write'))]).toEqual([path, 'not-a-file'])
    }
  })

  test('a link on the way to a file is followed', async () => {
    const folder = await newFolder()
    await disk.makeFolder(`${folder}/real`)
    await symlink(`${folder}/real`, `${folder}/link`)
    await (await disk.open(`${folder}/link/file`, 'create')).close()
    expect(await disk.names(`${folder}/real`)).toEqual(['file'])
  })

  test('a file that somebody else cuts meanwhile is read to its new end', async () => {
    const folder = await newFolder()
    const file = await disk.open(`${folder}/file`, 'create')
    await file.write(new Uint8Array(1_000).fill(65), 0)
    await truncate(`${folder}/file`, 3)
    expect(await readAll(file)).toBe('AAA')
    await file.close()
  })

  test('a folder by a path from here is made', async () => {
    const folder = await newFolder()
    const here = process.cwd()
    const up = here.split('/').map(() => '..')
    await disk.makeFolder(`${up.join('/')}${folder}/a/b`)
    expect(await disk.names(`${folder}/a`)).toEqual(['b/'])
  })

  test('at the limit of file sizes a write is short, and the next one finds the disk full', async () => {
    const folder = await newFolder()
    const writer = fileURLToPath(new URL('limited-writer.ts', import.meta.url))
    const script = 'ulimit -f 64 && exec "$@"'
    const command = ['-c', script, 'bash', process.execPath, ...sources, writer, `${folder}/file`]
    const { stdout } = await run('bash', command)
    expect(JSON.parse(stdout)).toMatchObject({
      counts: [40_000, 25_536],
      size: 65_536,
      fault: { code: 'disk-failed', details: { trouble: 'full', code: 'EFBIG' } },
    })
  })

  test.each([
    ['ENOENT', 'missing'],
    ['EEXIST', 'exists'],
    ['EACCES', 'forbidden'],
    ['EPERM', 'forbidden'],
    ['ENOSPC', 'full'],
    ['EDQUOT', 'full'],
    ['EFBIG', 'full'],
    ['EROFS', 'read-only'],
    ['EISDIR', 'not-a-file'],
    ['EIO', 'other'],
    ['constructor', 'other'],
  ])('%s of the system is the trouble "%s"', (code, expected) => {
    const fault = systemDiskFault('write', '/a', Object.assign(new Error('x'), { code }))
    expect(fault.details).toEqual({ trouble: expected, code, path: '/a' })
  })

  test('a quota that is used up is a full disk, though Node.js has no name for it', () => {
    const errno = -constants.errno.EDQUOT
    const error = Object.assign(new Error('x'), { code: 'UNKNOWN', errno })
    expect(systemDiskFault('write', '/a', error).details).toMatchObject({ trouble: 'full', code: 'EDQUOT' })
  })
})

describe('locks', () => {
  const left = async (more: object): Promise<string> =>
    JSON.stringify({ ...(await thisProcess()), token: 'left-behind', ...more })

  test.each([
    ['a process whose number now belongs to another one', { startTime: '1' }],
    ['a process of the time before the machine fell', { bootId: 'another' }],
    ['a number that no process can have', { pid: 2 ** 40 }],
    ['the group of this process', { pid: 0 }],
    ['all processes', { pid: -1 }],
    ['a token that would lead out of the folder', { token: '../other' }],
  ])('%s does not hold a folder', async (_, more) => {
    const folder = await newFolder()
    await writeFile(`${folder}/lock`, await left(more))
    const lock = await disk.lock(folder)
    expect(JSON.parse(await readFile(`${folder}/lock`, 'utf8'))).toMatchObject({ pid: process.pid })
    await lock.release()
    expect(await disk.names(folder)).toEqual([])
  })

  test.each(['', '{', 'null', '[]', '\0'.repeat(100)])(
    'a lock that says %j is held by nobody',
    async (text) => {
      const folder = await newFolder()
      await writeFile(`${folder}/lock`, text)
      await disk.lock(folder)
      await expect(disk.lock(folder)).rejects.toMatchObject({ details: { pid: process.pid } })
    },
  )

  test('a process of which the system does not say when it began holds the folder as long as its number lives', async () => {
    const folder = await newFolder()
    await writeFile(`${folder}/lock`, await left({ startTime: '', bootId: '' }))
    await expect(disk.lock(folder)).rejects.toMatchObject({ code: 'folder-locked' })
  })

  test('a process that is dead but not yet asked for by its parent does not hold a folder', async () => {
    const folder = await newFolder()
    // Its parent becomes another program that kills it, looks until it is dead, and never asks for it.
    const script = `
      const pid = process.argv[1]
      process.kill(pid, 'SIGKILL')
      const look = () => fs.readFileSync('/proc/' + pid + '/stat', 'utf8').split(') ')[1].split(' ')
      while (look()[0] !== 'Z');
      console.log(pid, look()[19])
      process.stdin.resume()`
    const words = ['-c', 'sleep 1000 & exec "$@" $!', 'bash', process.execPath, '-e', script]
    const [pid, startTime] = (await firstLine(started('bash', words))).split(' ')
    expect(process.kill(Number(pid), 0)).toBe(true)
    await writeFile(`${folder}/lock`, await left({ pid: Number(pid), startTime }))
    await (await disk.lock(folder)).release()
  })

  test('what dead processes have left behind is swept away', async () => {
    const folder = await newFolder()
    await writeFile(`${folder}/lock`, await left({ bootId: 'another' }))
    await writeFile(`${folder}/lock.after.left-behind`, await left({ bootId: 'another', token: 'heir' }))
    await writeFile(`${folder}/lock.torn`, '')
    await writeFile(`${folder}/locked`, '')
    await disk.lock(folder)
    expect(await disk.names(folder)).toEqual(['lock', 'locked'])
  })

  test('a folder in the place of the lock is a trouble, a pipe there keeps nobody waiting', async () => {
    const folder = await newFolder()
    await disk.makeFolder(`${folder}/a/lock`)
    expect(await trouble(disk.lock(`${folder}/a`))).toBe('not-a-file')
    await disk.makeFolder(`${folder}/b`)
    await run('mkfifo', [`${folder}/b/lock`])
    await (await disk.lock(`${folder}/b`)).release()
  })

  test('of several processes that want the folder of a dead one, one gets it', async () => {
    const folder = await newFolder()
    await (await holdElsewhere(folder)).kill()
    const said = await Promise.all([1, 2, 3, 4].map(() => firstLine(holder(folder))))
    expect(said.toSorted()).toEqual(['folder-locked', 'folder-locked', 'folder-locked', 'locked'])
  })
})

const sources = ['--conditions=troupe-source']

function holder(folder: string): ChildProcess {
  const program = fileURLToPath(new URL('lock-holder.ts', import.meta.url))
  return started(process.execPath, [...sources, program, folder])
}

async function holdElsewhere(folder: string): Promise<{ pid: number; kill(): Promise<void> }> {
  const child = holder(folder)
  expect(await firstLine(child)).toBe('locked')
  return { pid: child.pid!, kill: () => ended(child) }
}

function started(command: string, words: readonly string[]): ChildProcess {
  const child = spawn(command, words, { stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  return child
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (said.includes('\n')) resolve(said.slice(0, said.indexOf('\n')))
    })
    child.on('close', () => reject(new Error(`It ended before its first line: ${said}`)))
  })
}

/** Kills a child that still runs, and waits for its end. */
function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    child.on('exit', () => resolve())
    child.kill('SIGKILL')
  })
}
