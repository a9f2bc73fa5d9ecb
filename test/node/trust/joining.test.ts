// Joining: one token lets in one node, once, for a while, and a crash at any moment gives it to nobody else.
import { expect, test } from 'vitest'
import { sha256 } from '../../../transports/libp2p/identity/keys.ts'
import { IdentityKey } from '../../../transports/libp2p/identity/identity-key.ts'
import { Fault } from '../../../runtime/fault.ts'
import {
  joinTriesMax,
  joinSourcesMax,
  joinTryWindowMsDefault,
  TryGate,
} from '../../../node/trust/try-gate.ts'
import { joinCluster, makeToken } from '../../../node/trust/cluster-verbs.ts'
import { joinsAtOnceMax } from '../../../node/trust/join-desk.ts'
import { Authority } from '../../../node/trust/authority.ts'
import { readJoinRequest } from '../../../node/trust/join-request.ts'
import { readJoinAnswer, writeJoinAnswer } from '../../../node/trust/join-answer.ts'
import { readToken, writeToken } from '../../../node/trust/join-token.ts'
import { requestJoin, requestRenewal } from '../../../node/trust/request-join.ts'
import { tokenLifeMsDefault, tokensMax, TokenShelf } from '../../../node/trust/token-shelf.ts'
import { address, askOf, binding, TrustRoom } from './trust-room.ts'
import type { Trust } from '../../../node/trust/trust.ts'
import type { Founded } from '../../../node/trust/cluster-verbs.ts'

const code = (name: string): unknown => expect.objectContaining({ code: name })
/** What the cluster has refused, as the node hears it. */
const refused = (name: string): unknown =>
  expect.objectContaining({ code: 'join-refused', details: { code: name } })

async function founded(): Promise<{ room: TrustRoom; founder: Trust }> {
  const room = new TrustRoom()
  await room.found('/a')
  return { room, founder: await room.open('/a') }
}

test('a node that joins with a token is one of the cluster after it', async () => {
  const { room, founder } = await founded()
  const joined = await room.join('/b', await room.token('/a'), founder)
  await using trust = await room.open('/b')
  expect(joined).toEqual({ cluster: founder.cluster, peer: trust.identity.peer })
  expect(trust.credentials.current).toMatchObject({
    cluster: founder.cluster,
    roots: founder.credentials.roots,
    endsMs: room.clock.wall() + 86_400_000,
  })
  expect(trust.desk).toBeUndefined()
  expect(founder.desk?.counts).toEqual(new Map([['joined', 1]]))
})

test('a token says where to ask and whom to trust, and is one word', async () => {
  const { room, founder } = await founded()
  const text = await room.token('/a')
  expect(text).toMatch(/^troupe-join-1\.[\w-]{100,400}$/)
  const token = readToken(`  ${text}\n`)
  expect(token).toMatchObject({
    cluster: founder.cluster,
    fingerprint: founder.authority?.fingerprint,
    endsMs: room.clock.wall() + tokenLifeMsDefault,
    addresses: [address],
  })
  expect(writeToken(token)).toBe(text)
})

test('the secret of a token is never sent', async () => {
  const { room, founder } = await founded()
  const token = readToken(await room.token('/a'))
  const applicant = { identity: IdentityKey.make(), clock: room.clock, binding }
  let sent = Buffer.alloc(0)
  await requestJoin(token, applicant, (request) => {
    sent = Buffer.from(request)
    return askOf(founder)(request)
  })
  expect(sent.length).toBeGreaterThan(1_000)
  expect(sent.includes(Buffer.from(token.secret))).toBe(false)
  expect(sent.includes(Buffer.from(sha256(token.secret)))).toBe(false)
})

test('the secret of a token stands in no file', async () => {
  const { room } = await founded()
  const { secret, id } = readToken(await room.token('/a'))
  const folder = await room.folder('/a')
  const record = await folder.read(`tokens/${id}`)
  expect(Buffer.from(record ?? []).includes(Buffer.from(secret))).toBe(false)
  for (const path of room.disk.files()) {
    expect(Buffer.from(room.disk.contents(path)).includes(Buffer.from(secret))).toBe(false)
  }
})

test('a second node gets nothing for a token that is spent', async () => {
  const { room, founder } = await founded()
  const token = await room.token('/a')
  await room.join('/b', token, founder)
  await expect(room.join('/c', token, founder)).rejects.toThrow(refused('token-spent'))
  expect(founder.desk?.counts.get('token-spent')).toBe(1)
})

test('of two nodes that come with one token at once exactly one joins', async () => {
  const { room, founder } = await founded()
  const token = await room.token('/a')
  const paths = ['/b', '/c', '/d', '/e']
  const results = await Promise.allSettled(paths.map((path) => room.join(path, token, founder)))
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(founder.desk?.counts).toEqual(
    new Map([
      ['joined', 1],
      ['token-spent', 3],
    ]),
  )
})

test('the node that has spent a token may ask again until it expires, and nobody else', async () => {
  const { room, founder } = await founded()
  const token = await room.token('/a')
  const lossy = { ...room.options, call: async () => ({ binding, ask: lostAnswer(founder) }) }
  await expect(joinCluster('/b', token, lossy)).rejects.toThrow('the connection broke')
  await expect(room.join('/c', token, founder)).rejects.toThrow(refused('token-spent'))
  const joined = await room.join('/b', token, founder)
  await using trust = await room.open('/b')
  expect(trust.identity.peer).toBe(joined.peer)
  await room.clock.advance(tokenLifeMsDefault)
  const identity = trust.identity
  const applicant = { identity, clock: room.clock, binding }
  await expect(
    requestJoin({ ...readToken(token), endsMs: Infinity }, applicant, askOf(founder)),
  ).rejects.toThrow(refused('token-expired'))
})

function lostAnswer(founder: Trust): (request: Uint8Array) => Promise<Uint8Array> {
  return async (request) => {
    await askOf(founder)(request)
    throw new Error('the connection broke')
  }
}

test('a token that is over is neither sent nor taken', async () => {
  const { room, founder } = await founded()
  const token = await room.token('/a', 60_000)
  await room.clock.advance(60_000)
  await expect(room.join('/b', token, founder)).rejects.toThrow(code('token-expired'))
  expect(founder.desk?.counts.size).toBe(0)
})

test('a token with another secret, and one that was never made, are unknown alike', async () => {
  const { room, founder } = await founded()
  const token = readToken(await room.token('/a'))
  const guessed = writeToken({ ...token, secret: new Uint8Array(32) })
  const invented = writeToken({ ...token, id: '0123456789abcdef' })
  for (const [path, text] of [['/b', guessed] as const, ['/c', invented] as const]) {
    await expect(room.join(path, text, founder)).rejects.toThrow(refused('token-unknown'))
  }
  expect(await room.join('/d', writeToken(token), founder)).toMatchObject({ cluster: founder.cluster })
})

test('a token of another cluster gets nothing here, and its answer is not believed there', async () => {
  const { room, founder } = await founded()
  await room.found('/other')
  await using other = await room.open('/other')
  const token = await room.token('/other')
  await expect(room.join('/b', token, founder)).rejects.toThrow(refused('cluster-foreign'))
  // A foreign authority that says it is that cluster.
  const lying = { ...readToken(token), fingerprint: founder.authority?.fingerprint ?? '' }
  await expect(room.join('/c', writeToken(lying), other)).rejects.toThrow(code('authority-foreign'))
})

test('an answer that shows the right authority beside another one which has signed it is not believed', async () => {
  const { room, founder } = await founded()
  const impostor = Authority.make(founder.cluster, room.clock.wall())
  const applicant = { identity: IdentityKey.make(), clock: room.clock, binding }
  const ask = async (request: Uint8Array): Promise<Uint8Array> => {
    const certificate = impostor.issue(readJoinRequest(request, binding), room.clock.wall())
    const roots = [...impostor.roots, ...founder.credentials.roots]
    return writeJoinAnswer({ kind: 'granted', certificate, roots })
  }
  const token = readToken(await room.token('/a'))
  await expect(requestJoin(token, applicant, ask)).rejects.toThrow(code('certificate-invalid'))
  const { leaf, roots } = founder.credentials
  const former = { leaf, roots, cluster: founder.cluster }
  const renewal = requestRenewal(former, { ...applicant, identity: founder.identity }, ask)
  await expect(renewal).rejects.toThrow(code('certificate-invalid'))
})

test('a folder belongs to one node of one cluster', async () => {
  const { room, founder } = await founded()
  await room.join('/b', await room.token('/a'), founder)
  const again = await room.token('/a')
  await expect(room.join('/b', again, founder)).rejects.toThrow(code('trust-taken'))
  await room.found('/other')
  const elsewhere = await room.token('/other')
  await expect(room.join('/a', elsewhere, founder)).rejects.toThrow(code('folder-locked'))
})

test('a request that was made for another channel proves nothing on this one', async () => {
  const { room, founder } = await founded()
  const stolen = founder.desk
  const token = await room.token('/a')
  const call = async (): Promise<{
    binding: Uint8Array
    ask: (request: Uint8Array) => Promise<Uint8Array>
  }> => ({
    binding: new Uint8Array(32).fill(8),
    ask: askOf(founder),
  })
  await expect(joinCluster('/b', token, { ...room.options, call })).rejects.toThrow(refused('join-unproven'))
  expect(stolen?.counts.get('join-unproven')).toBe(1)
  expect(await room.join('/c', token, founder)).toBeDefined()
})

test('an answer to another question is not taken for the answer', async () => {
  const { room, founder } = await founded()
  const identity = IdentityKey.make()
  const token = readToken(await room.token('/a'))
  const applicant = { identity, clock: room.clock, binding }
  let first: Uint8Array | undefined
  await requestJoin(token, applicant, async (request) => (first = await askOf(founder)(request)))
  await expect(requestJoin(token, applicant, async () => first ?? new Uint8Array(0))).rejects.toThrow(
    code('leaf-foreign'),
  )
})

test('a revoked node gets no certificate, with whatever token', async () => {
  const { room, founder } = await founded()
  const { peer } = await room.join('/b', await room.token('/a'), founder)
  await using trust = await room.open('/b')
  await founder.revoke({ kind: 'peer', value: peer, atMs: 0, reason: 'stolen' })
  const token = readToken(await room.token('/a'))
  const applicant = { identity: trust.identity, clock: room.clock, binding }
  await expect(requestJoin(token, applicant, askOf(founder))).rejects.toThrow(refused('peer-revoked'))
})

test('on a node without the key of the authority no token is made', async () => {
  const { room, founder } = await founded()
  await room.join('/b', await room.token('/a'), founder)
  await expect(room.token('/b')).rejects.toThrow(code('authority-missing'))
  await using trust = await room.open('/b')
  await expect(trust.rotate()).rejects.toThrow(code('authority-missing'))
  await expect(trust.renewAlone()).rejects.toThrow(code('authority-missing'))
})

test(
  'tokens live within bounds, have addresses that fit, and are not endless',
  { timeout: 30_000 },
  async () => {
    const { room, founder } = await founded()
    await expect(room.token('/a', 10)).rejects.toThrow(code('life-invalid'))
    for (const addresses of [
      ['has a space'],
      [''],
      ['x'.repeat(257)],
      Array.from({ length: 9 }, () => address),
    ]) {
      await expect(makeToken('/a', { ...room.options, addresses })).rejects.toThrow(code('address-invalid'))
    }
    const shelf = new TokenShelf(founder.folder)
    const order = { addresses: [address], fingerprint: founder.authority?.fingerprint ?? '', lifeMs: 60_000 }
    for (let count = 0; count < tokensMax; count += 100) await shelf.make(order, room.clock.wall())
    const names = (await founder.folder.names('tokens')).length
    expect(names).toBe(tokensMax / 100)
    // The rest of the shelf, as copies of one record under other names, is as good as made.
    const [one = ''] = await founder.folder.names('tokens')
    const record = (await founder.folder.read(`tokens/${one}`)) ?? new Uint8Array(0)
    for (let count = names; count < tokensMax; count++) {
      await founder.folder.write(`tokens/${count.toString(16).padStart(16, '0')}`, record)
    }
    await expect(shelf.make(order, room.clock.wall())).rejects.toThrow(code('tokens-full'))
    await room.clock.advance(60_000)
    await shelf.make(order, room.clock.wall())
    expect(await founder.folder.names('tokens')).toHaveLength(1)
  },
)

test('a text that is no token says so', () => {
  for (const text of ['', 'troupe-join-1.', 'troupe-join-1.AAAA', 'troupe-join-2.AAAA', 'x'.repeat(10_000)]) {
    expect(() => readToken(text)).toThrow(code('token-invalid'))
  }
})

test('whoever asks too often from one address is refused for a while, and others are not', async () => {
  const { room, founder } = await founded()
  const ask = (source: string): Promise<Uint8Array> => askOf(founder, { source })(new Uint8Array(3))
  const codes = async (source: string): Promise<string> => {
    const answer = readJoinAnswer(await ask(source))
    return answer.kind === 'refused' ? answer.code : 'granted'
  }
  for (let count = 0; count < joinTriesMax; count++) expect(await codes('10.0.0.1')).toBe('join-malformed')
  expect(await codes('10.0.0.1')).toBe('join-crowded')
  expect(await codes('10.0.0.2')).toBe('join-malformed')
  await room.clock.advance(joinTryWindowMsDefault)
  expect(await codes('10.0.0.1')).toBe('join-malformed')
})

test('only so many addresses are remembered', async () => {
  const room = new TrustRoom()
  const gate = new TryGate(room.clock)
  for (let count = 0; count <= joinTriesMax; count++) gate.isCrowded('first')
  expect(gate.isCrowded('first')).toBe(true)
  for (let count = 0; count < joinSourcesMax; count++) gate.isCrowded(`other ${count}`)
  expect(gate.isCrowded('first')).toBe(false)
})

test('more requests at once than allowed are refused, not queued', async () => {
  const { room, founder } = await founded()
  const text = await room.token('/a')
  const paths = Array.from({ length: joinsAtOnceMax + 5 }, (_, index) => `/n${index}`)
  const requests: Uint8Array[] = []
  const keep = {
    ...room.options,
    call: async () => ({
      binding,
      ask: async (request: Uint8Array) => (requests.push(request), new Uint8Array(0)),
    }),
  }
  for (const path of paths)
    await expect(joinCluster(path, text, keep)).rejects.toThrow(code('join-malformed'))
  await Promise.all(requests.map((request) => askOf(founder)(request)))
  expect(founder.desk?.counts.get('join-crowded')).toBe(5)
  expect(founder.desk?.counts.get('joined')).toBe(1)
})

test('trouble with the disk is told to the operator and not to who asks', async () => {
  const { room, founder } = await founded()
  const token = readToken(await room.token('/a'))
  room.disk.hook = ({ op }) => (op === 'sync' ? { fail: 'full' } : undefined)
  const heard: Fault[] = []
  const applicant = { identity: IdentityKey.make(), clock: room.clock, binding }
  const caller = { source: '10.0.0.9', binding }
  const answer = requestJoin(token, applicant, (request) =>
    Promise.resolve(founder.desk?.answer(request, caller, (fault) => heard.push(fault)) ?? request),
  )
  await expect(answer).rejects.toThrow(refused('join-failed'))
  expect(heard).toEqual([code('disk-failed')])
  room.disk.hook = undefined
  expect(await requestJoin(token, applicant, askOf(founder))).toBeDefined()
})

test(
  'a crash at any moment of a join never lets a second node in with its token',
  { timeout: 60_000 },
  async () => {
    const { room, founder } = await founded()
    const text = await room.token('/a')
    const first = IdentityKey.make()
    const second = IdentityKey.make()
    let granted = false
    const worlds: { readonly room: TrustRoom; readonly wasGranted: boolean }[] = []
    room.disk.hook = () => {
      for (const disk of room.disk.crashStates({ samples: 8 }))
        worlds.push({ room: room.after(disk), wasGranted: granted })
      return undefined
    }
    const applicant = { identity: first, clock: room.clock, binding }
    await requestJoin(readToken(text), applicant, askOf(founder))
    granted = true
    for (const disk of room.disk.crashStates()) worlds.push({ room: room.after(disk), wasGranted: true })
    room.disk.hook = undefined
    expect(worlds.length).toBeGreaterThan(10)
    for (const world of worlds) {
      await using again = await world.room.open('/a')
      const tried = requestJoin(readToken(text), { ...applicant, identity: second }, askOf(again)).then(
        () => 'in',
        (error: unknown) => (Fault.is(error) ? String(error.details?.['code']) : 'another'),
      )
      const outcome = await tried
      if (world.wasGranted) expect(outcome).toBe('token-spent')
      else expect(['in', 'token-spent']).toContain(outcome)
      const back = requestJoin(readToken(text), applicant, askOf(again)).then(
        () => 'in',
        () => 'out',
      )
      expect(await back).toBe(outcome === 'in' ? 'out' : 'in')
    }
  },
)

test(
  'a crash of the node that joins leaves it where the same token helps, or joined',
  { timeout: 60_000 },
  async () => {
    const { room, founder } = await founded()
    const text = await room.token('/a')
    const nodeRoom = new TrustRoom(room.clock)
    const worlds: TrustRoom[] = []
    const remember = (samples: number): undefined => {
      for (const disk of nodeRoom.disk.crashStates({ samples })) worlds.push(nodeRoom.after(disk))
    }
    const ask = async (request: Uint8Array): Promise<Uint8Array> => {
      // From here on the token may be spent.
      nodeRoom.disk.hook = () => remember(4)
      remember(20)
      return askOf(founder)(request)
    }
    const call = async (): Promise<{ binding: Uint8Array; ask: typeof ask }> => ({ binding, ask })
    const joined = await joinCluster('/b', text, { ...nodeRoom.options, call })
    nodeRoom.disk.hook = undefined
    remember(20)
    expect(worlds.length).toBeGreaterThan(10)
    const outcomes = new Set<string>()
    for (const world of worlds) outcomes.add(await comeBack(world, text, founder, joined))
    expect([...outcomes].toSorted()).toEqual(['joined', 'joined again'])
  },
)

async function comeBack(world: TrustRoom, text: string, founder: Trust, joined: Founded): Promise<string> {
  try {
    await using trust = await world.open('/b')
    return trust.identity.peer === joined.peer ? 'joined' : 'another'
  } catch (error) {
    if (!Fault.is(error) || error.code !== 'trust-missing') throw error
  }
  const again = await world.join('/b', text, founder)
  return again.peer === joined.peer ? 'joined again' : 'another'
}
