// Verifying a leaf: each way in which a certificate can be wrong has its refusal.
import { expect, test } from 'vitest'
import { certificateFromPem } from '../../../../transports/libp2p/identity/certificate-reader.ts'
import { writeProof } from '../../../../transports/libp2p/identity/identity-proof.ts'
import { IdentityKey } from '../../../../transports/libp2p/identity/identity-key.ts'
import { isClusterId, readSpiffeId, spiffeId } from '../../../../transports/libp2p/identity/node-name.ts'
import { PrivateKey } from '../../../../transports/libp2p/identity/keys.ts'
import { verifyLeaf } from '../../../../transports/libp2p/identity/verify-peer.ts'
import { check, TestCluster, testCluster } from './test-cluster.ts'
import type { Flaw } from './test-cluster.ts'
import type { LeafCheck } from '../../../../transports/libp2p/identity/verify-peer.ts'

const nowMs = Date.parse('2026-06-01T12:00:00Z')
const hourMs = 3_600_000
const cluster = new TestCluster(nowMs)
const victim = cluster.node()

function verify(certificate: Uint8Array, more: Partial<LeafCheck> = {}): unknown {
  return verifyLeaf(certificate, { ...check(), roots: [cluster.root], nowMs, ...more })
}

test('a good certificate says which peer, which serial number and until when', () => {
  expect(verify(victim.certificate, { expected: victim.peer })).toEqual({
    peer: victim.peer,
    serial: expect.stringMatching(/^[0-9a-f]{32}$/),
    endsMs: nowMs + hourMs,
  })
})

const stranger = IdentityKey.make()
const anyKey = PrivateKey.make('ml-dsa-65')
const refused: readonly (readonly [string, Flaw, string])[] = [
  ['of another cluster', { cluster: 'strangers2345677' }, 'cluster-foreign'],
  ['that is over', { endsMs: nowMs }, 'certificate-expired'],
  ['that begins later', { startsMs: nowMs + 1_000 }, 'certificate-expired'],
  ['with an Ed25519 key', { publicKey: PrivateKey.make('ed25519').publicKey }, 'certificate-invalid'],
  ['with no name', { uris: [] }, 'certificate-invalid'],
  [
    'with two names, the first its own',
    {
      identity: stranger,
      uris: [stranger.peer, victim.peer].map((peer) => spiffeId({ cluster: testCluster, peer })),
    },
    'certificate-invalid',
  ],
  ['with a name that is no node', { uris: [`spiffe://${testCluster}/service/x`] }, 'certificate-invalid'],
  ['that names another peer', { peer: victim.peer }, 'certificate-invalid'],
  ['without a proof of the libp2p key', { proof: undefined }, 'certificate-invalid'],
  [
    'with the proof of another certificate',
    { peer: victim.peer, proof: victim.identity.proof(victim.key.publicKey) },
    'certificate-invalid',
  ],
  [
    "with a victim's key and a signature by another",
    { peer: victim.peer, proof: writeProof(victim.identity.raw, stranger.sign(anyKey.publicKey)) },
    'certificate-invalid',
  ],
  ['with a proof that is no DER', { proof: Uint8Array.of(1, 2, 3) }, 'certificate-invalid'],
]

test.each(refused)('a certificate %s is refused', (_, flaw, code) => {
  const { certificate } = cluster.node(flaw)
  expect(() => verify(certificate)).toThrow(expect.objectContaining({ code }))
})

test('a certificate of another authority is refused, even of the same name', () => {
  const { certificate } = new TestCluster(nowMs).node()
  expect(() => verify(certificate)).toThrow(expect.objectContaining({ code: 'certificate-invalid' }))
})

test('a certificate of an authority that is over is refused', () => {
  const old = new TestCluster(nowMs - 48 * hourMs)
  const { certificate } = old.node({ startsMs: nowMs - hourMs, endsMs: nowMs + hourMs })
  expect(() => verify(certificate, { roots: [old.root] })).toThrow(
    expect.objectContaining({ code: 'certificate-expired' }),
  )
})

test("an authority's certificate is not that of a node", () => {
  expect(() => verify(certificateFromPem(cluster.root))).toThrow(
    expect.objectContaining({ code: 'certificate-invalid' }),
  )
})

test('a node cannot certify another node', () => {
  const forged = { ...cluster, key: victim.key, node: cluster.node.bind({ ...cluster, key: victim.key }) }
  const { certificate } = forged.node()
  expect(() => verify(certificate, { roots: [victim.credentials.certificate] })).toThrow(
    expect.objectContaining({ code: 'certificate-invalid' }),
  )
})

test('another peer than the one that is expected is refused', () => {
  expect(() => verify(victim.certificate, { expected: stranger.peer })).toThrow(
    expect.objectContaining({
      code: 'peer-unexpected',
      details: { found: victim.peer, wanted: stranger.peer },
    }),
  )
})

test('a peer or a serial number that is not admitted is refused', () => {
  const seen: string[] = []
  const admits = (peer: string, serial: string): boolean => seen.push(peer, serial) === 0
  expect(() => verify(victim.certificate, { admits })).toThrow(
    expect.objectContaining({ code: 'peer-revoked' }),
  )
  expect(seen).toEqual([victim.peer, expect.stringMatching(/^[0-9a-f]{32}$/)])
})

test('while the authority changes certificates of both are believed', () => {
  const next = new TestCluster(nowMs, 'the next one')
  const roots = [next.root, cluster.root]
  expect(verify(victim.certificate, { roots })).toBeDefined()
  expect(verify(next.node().certificate, { roots })).toBeDefined()
})

test('an identity key survives as the protobuf of libp2p, and its peer id is that of libp2p', async () => {
  const { privateKeyFromProtobuf } = await import('@libp2p/crypto/keys')
  const { peerIdFromPrivateKey } = await import('@libp2p/peer-id')
  const protobuf = stranger.protobuf()
  expect(IdentityKey.read(protobuf).peer).toBe(stranger.peer)
  expect(peerIdFromPrivateKey(privateKeyFromProtobuf(protobuf)).toString()).toBe(stranger.peer)
  expect(() => IdentityKey.read(protobuf.subarray(1))).toThrow(
    expect.objectContaining({ code: 'key-unreadable' }),
  )
})

test('a private key of another kind is not read', () => {
  const { pkcs8 } = { pkcs8: PrivateKey.make('ed25519').pkcs8() }
  expect(() => PrivateKey.read(pkcs8, 'ml-dsa-65')).toThrow(
    expect.objectContaining({ code: 'key-unreadable' }),
  )
})

test('a SPIFFE id is read as it was written, and nothing else is one', () => {
  const name = { cluster: testCluster, peer: victim.peer }
  expect(readSpiffeId(spiffeId(name))).toEqual(name)
  const { peer } = victim
  for (const uri of [
    '',
    `spiffe://a/node/`,
    `spiffe://a/node/${peer}/x`,
    `https://a/node/${peer}`,
    `spiffe://a/b/node/${peer}`,
    `spiffe://a/node/${peer}?x`,
  ]) {
    expect(readSpiffeId(uri)).toBeUndefined()
  }
  expect(['troupetroupe2345', 'Troupetroupe2345', 'troupetroupe1345', 'troupe'].map(isClusterId)).toEqual([
    true,
    false,
    false,
    false,
  ])
})
