// The trust folder: what is in it is hidden, whole, its owner's alone, and there after a crash.
import { chmod, mkdir, mkdtemp, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { foundCluster, joinCluster, makeToken } from '../../../node/trust/cluster-verbs.ts'
import { makeClusterId } from '../../../node/trust/cluster-id.ts'
import { flawOf, openGuard, SystemPathGuard } from '../../../node/trust/path-guard.ts'
import { makePassphrase, passphraseFrom } from '../../../node/trust/passphrase.ts'
import { readIdentity, Trust } from '../../../node/trust/trust.ts'
import { TrustFolder, trustFileBytesMax } from '../../../node/trust/trust-folder.ts'
import { SystemClock } from '../../../node/system-clock.ts'
import { SystemDisk } from '../../../node/system-disk.ts'
import { SystemDurableDisk } from '../../../node/system-durable-disk.ts'
import { isClusterId } from '../../../transports/libp2p/identity/node-name.ts'
import { passphrase, TrustRoom } from './trust-room.ts'

const code = (name: string): unknown => expect.objectContaining({ code: name })
const options = {
  clock: new SystemClock(),
  disk: new SystemDurableDisk(),
  guard: new SystemPathGuard(),
  passphrase,
  scryptPower: 12,
}
let place: string
let path: string

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'troupe-trust-'))
  path = join(place, 'trust')
})
afterEach(() => rm(place, { recursive: true, force: true }))

test('a founded cluster is there when it is opened again', async () => {
  const founded = await foundCluster(path, options)
  expect(isClusterId(founded.cluster)).toBe(true)
  await using trust = await Trust.open(await TrustFolder.open(path, options), options.clock)
  expect(trust.identity.peer).toBe(founded.peer)
  expect(trust.credentials.current).toMatchObject({ cluster: founded.cluster, roots: trust.authority?.roots })
  expect(trust.credentials.isOver).toBe(false)
})

test('files can be read by their owner alone, and no private key stands in them', async () => {
  await foundCluster(path, options)
  await using trust = await Trust.open(await TrustFolder.open(path, options), options.clock)
  expect((await stat(path)).mode & 0o777).toBe(0o700)
  const names = ['cluster', 'identity.sealed', 'leaf.sealed', 'roots.sealed', 'authority.sealed']
  for (const name of names) {
    expect((await stat(join(path, name))).mode & 0o777).toBe(0o600)
    const bytes = await readFile(join(path, name))
    expect(bytes.includes(Buffer.from(trust.identity.protobuf().subarray(4, 36)))).toBe(false)
    expect(bytes.includes(Buffer.from(trust.credentials.leaf.key.pkcs8().subarray(-32)))).toBe(false)
  }
})

test('another passphrase opens nothing', async () => {
  await foundCluster(path, options)
  const wrong = { ...options, passphrase: `${passphrase}!` }
  await expect(TrustFolder.open(path, wrong)).rejects.toThrow(code('passphrase-wrong'))
})

test('a changed byte, a cut, or a file under another name is damage', async () => {
  await foundCluster(path, options)
  const folder = await TrustFolder.open(path, options)
  const file = join(path, 'leaf.sealed')
  const bytes = await readFile(file)
  for (const at of [0, 11, 12, 100, bytes.length - 17, bytes.length - 1]) {
    const changed = Buffer.from(bytes)
    changed.writeUInt8((changed.readUInt8(at) ^ 1) & 0xff, at)
    await writeFile(file, changed)
    await expect(folder.read('leaf')).rejects.toThrow(code('trust-damaged'))
  }
  for (const length of [0, 27, bytes.length - 1]) {
    await writeFile(file, bytes.subarray(0, length))
    await expect(folder.read('leaf')).rejects.toThrow(code('trust-damaged'))
  }
  await rename(join(path, 'roots.sealed'), file)
  await expect(Trust.open(folder, options.clock)).rejects.toThrow(code('trust-damaged'))
  await writeFile(file, Buffer.alloc(trustFileBytesMax + 1))
  await expect(folder.read('leaf')).rejects.toThrow(code('trust-damaged'))
})

test('a damaged head, or one that asks for too dear a passphrase, is damage', async () => {
  await foundCluster(path, options)
  const head = await readFile(join(path, 'cluster'))
  const powerAt = head.indexOf(Buffer.from([3, 0, 1, 12])) + 3
  const dear = Buffer.from(head)
  dear.writeUInt8(30, powerAt)
  for (const bytes of [dear, head.subarray(0, 20), Buffer.from('hello'), Buffer.alloc(0)]) {
    await writeFile(join(path, 'cluster'), bytes)
    await expect(TrustFolder.open(path, options)).rejects.toThrow(code('trust-damaged'))
  }
})

test('the file of another cluster with the same passphrase is damage', async () => {
  const other = join(place, 'other')
  await foundCluster(path, options)
  await foundCluster(other, options)
  await rename(join(other, 'identity.sealed'), join(path, 'identity.sealed'))
  await expect(readIdentity(await TrustFolder.open(path, options))).rejects.toThrow(code('trust-damaged'))
})

test('a file that others may read is refused, whatever is in it', async () => {
  await foundCluster(path, options)
  const folder = await TrustFolder.open(path, options)
  for (const mode of [0o644, 0o640, 0o602, 0o700]) {
    await chmod(join(path, 'identity.sealed'), mode)
    const read = readIdentity(folder)
    if (mode === 0o700) await expect(read).resolves.toBeDefined()
    else await expect(read).rejects.toThrow(code('key-exposed'))
  }
})

test('a folder that others may enter, and a link in the place of a file or folder, are refused', async () => {
  await foundCluster(path, options)
  await chmod(path, 0o755)
  await expect(TrustFolder.open(path, options)).rejects.toThrow(code('key-exposed'))
  await chmod(path, 0o700)
  const link = join(place, 'link')
  await symlink(path, link)
  await expect(TrustFolder.open(link, options)).rejects.toThrow(code('key-exposed'))
  await rename(join(path, 'identity.sealed'), join(place, 'elsewhere'))
  await symlink(join(place, 'elsewhere'), join(path, 'identity.sealed'))
  await expect(readIdentity(await TrustFolder.open(path, options))).rejects.toThrow(code('key-exposed'))
})

test('tokens are not written into a folder that others may enter', async () => {
  await foundCluster(path, options)
  await mkdir(join(path, 'tokens'))
  await chmod(join(path, 'tokens'), 0o777)
  await expect(makeToken(path, { ...options, addresses: [] })).rejects.toThrow(code('key-exposed'))
})

test('what belongs to another user, or is no file, is refused by the decision alone', () => {
  const mine = { kind: 'file', mode: 0o600, owner: 1000 } as const
  expect(flawOf(mine, 'file', [1000, 0])).toBeUndefined()
  expect(flawOf({ ...mine, owner: 0 }, 'file', [1000, 0])).toBeUndefined()
  expect(flawOf({ ...mine, owner: 1001 }, 'file', [1000, 0])).toContain('user 1001')
  expect(flawOf({ ...mine, kind: 'other' }, 'file', [1000])).toContain('no file')
  expect(flawOf({ ...mine, kind: 'folder' }, 'folder', [1000])).toBeUndefined()
  expect(flawOf({ ...mine, mode: 0o666 }, 'file', [])).toBeUndefined()
})

test('a second cluster is not founded over the first, and none is opened where there is none', async () => {
  await expect(TrustFolder.open(path, options)).rejects.toThrow(code('trust-missing'))
  const first = await foundCluster(path, options)
  await expect(foundCluster(path, options)).rejects.toThrow(code('trust-taken'))
  await using trust = await Trust.open(await TrustFolder.open(path, options), options.clock)
  expect(trust.identity.peer).toBe(first.peer)
})

test('two processes do not use one folder at once', async () => {
  await foundCluster(path, options)
  const folder = await TrustFolder.open(path, options)
  await using first = await Trust.open(folder, options.clock)
  await expect(Trust.open(folder, options.clock)).rejects.toThrow(code('folder-locked'))
  expect(await makeToken(path, { ...options, addresses: ['/ip4/127.0.0.1/tcp/1'] })).toContain(
    'troupe-join-1.',
  )
  expect(first.cluster).toBe(folder.cluster)
})

test('a cluster is founded with lives and ids within bounds alone', async () => {
  await expect(foundCluster(path, { ...options, leafLifeMs: 1_000 })).rejects.toThrow(code('life-invalid'))
  await expect(foundCluster(path, { ...options, cluster: 'Amsterdam' })).rejects.toThrow(
    code('cluster-invalid'),
  )
  const ids = Array.from({ length: 100 }, makeClusterId)
  expect(ids.every(isClusterId)).toBe(true)
  expect(new Set(ids).size).toBe(100)
})

test('a passphrase is the first line of a file that its owner alone may read', async () => {
  const file = join(place, 'passphrase')
  const disk = new SystemDisk()
  const { guard } = options
  await writeFile(file, `${passphrase}\nanother line\n`, { mode: 0o600 })
  expect(await passphraseFrom({ passphraseFile: file }, disk, guard)).toBe(passphrase)
  await symlink(file, join(place, 'handed over'))
  expect(await passphraseFrom({ passphraseFile: join(place, 'handed over') }, disk, guard)).toBe(passphrase)
  await chmod(file, 0o644)
  await expect(passphraseFrom({ passphraseFile: file }, disk, guard)).rejects.toThrow(code('key-exposed'))
  await expect(passphraseFrom({}, disk, guard)).rejects.toThrow(code('passphrase-invalid'))
  await expect(passphraseFrom({ passphrase: 'short' }, disk, guard)).rejects.toThrow(
    code('passphrase-invalid'),
  )
  await expect(foundCluster(path, { ...options, passphrase: '' })).rejects.toThrow(code('passphrase-invalid'))
  const both = { passphrase, passphraseFile: file }
  await expect(passphraseFrom(both, disk, guard)).rejects.toThrow(code('passphrase-invalid'))
  expect(await passphraseFrom({ passphrase: makePassphrase() }, disk, guard)).toHaveLength(27)
})

test('a file that is replaced is the old one or the new one after any crash', async () => {
  const room = new TrustRoom()
  await room.found('/t')
  const folder = await room.folder('/t')
  await folder.write('note', Uint8Array.of(1))
  const disks: Promise<Uint8Array | undefined>[] = []
  room.disk.hook = () => {
    for (const disk of room.disk.crashStates({ samples: 20 })) {
      disks.push(
        room
          .after(disk)
          .folder('/t')
          .then((found) => found.read('note')),
      )
    }
  }
  await folder.write('note', Uint8Array.of(2))
  room.disk.hook = undefined
  const seen = await Promise.all(disks)
  expect(seen.length).toBeGreaterThan(10)
  expect(seen.filter((bytes) => bytes?.[0] !== 1 && bytes?.[0] !== 2)).toEqual([])
  for (const disk of room.disk.crashStates()) {
    expect(await (await room.after(disk).folder('/t')).read('note')).toEqual(Uint8Array.of(2))
  }
})

test('a node that has not joined yet has nothing to prove itself with', async () => {
  const room = new TrustRoom()
  await TrustFolder.make('/n', makeClusterId(), room.options)
  await expect(room.open('/n')).rejects.toThrow(code('trust-missing'))
  const refuses = { ...room.options, call: () => Promise.reject(new Error('nobody there')) }
  await expect(joinCluster('/n', 'troupe-join-1.AAAA', refuses)).rejects.toThrow(code('token-invalid'))
  await openGuard.check('/n', 'folder')
})
