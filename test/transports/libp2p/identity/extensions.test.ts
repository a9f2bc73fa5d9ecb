// The extensions of a certificate: those that OpenSSL would let pass and that are refused here all the same.
import { expect, test } from 'vitest'
import { DerReader } from '../../../../transports/libp2p/identity/der-reader.ts'
import {
  der,
  derBits,
  derInteger,
  derOid,
  derSequence,
  derTrue,
  tag,
} from '../../../../transports/libp2p/identity/der-writer.ts'
import { readCertificate } from '../../../../transports/libp2p/identity/certificate-reader.ts'
import { spiffeId } from '../../../../transports/libp2p/identity/node-name.ts'
import { verifyLeaf } from '../../../../transports/libp2p/identity/verify-peer.ts'
import { check, TestCluster, testCluster } from './test-cluster.ts'

const nowMs = Date.parse('2026-06-01T12:00:00Z')
const cluster = new TestCluster(nowMs)
const node = cluster.node()
const octets = (...content: Uint8Array[]): Uint8Array => der(tag.octets, ...content)
const extension = (oid: string, ...rest: Uint8Array[]): Uint8Array => derSequence(derOid(oid), ...rest)
const invalid: unknown = expect.objectContaining({ code: 'certificate-invalid' })

const oid = { constraints: '2.5.29.19', usage: '2.5.29.15', names: '2.5.29.17', unknown: '1.2.3.4' }

/** The certificate of the node with other extensions, signed by the authority again. */
function withExtensions(change: (extensions: Uint8Array[]) => Uint8Array[]): Uint8Array {
  const signed = new DerReader(readCertificate(node.certificate).signed).within(tag.sequence)
  const before: Uint8Array[] = []
  while (signed.nextTag !== 0xa3) before.push(signed.readWhole(signed.nextTag ?? 0))
  const list = signed.within(0xa3).within(tag.sequence)
  const extensions: Uint8Array[] = []
  while (!list.isEmpty) extensions.push(list.readWhole(tag.sequence))
  const body = derSequence(...before, der(0xa3, derSequence(...change(extensions))))
  const algorithm = derSequence(derOid('2.16.840.1.101.3.4.3.18'))
  return derSequence(body, algorithm, derBits(cluster.key.sign(body)))
}

function verify(certificate: Uint8Array): unknown {
  return verifyLeaf(certificate, { ...check(), roots: [cluster.root], nowMs })
}

/** The extension of an identifier is replaced. */
function replaced(dotted: string, value: Uint8Array | undefined): (extensions: Uint8Array[]) => Uint8Array[] {
  const head = Buffer.from(derOid(dotted))
  return (extensions) =>
    extensions.flatMap((one) =>
      !Buffer.from(one).includes(head) ? [one] : value === undefined ? [] : [value],
    )
}

const mayHaveOthers = extension(oid.constraints, derTrue(), octets(derSequence(derTrue())))
const maySign = extension(oid.usage, derTrue(), octets(derBits(Uint8Array.of(0x84), 2)))
const name = new TextEncoder().encode(spiffeId({ cluster: testCluster, peer: node.peer }))

test('a certificate that is taken apart and put together again is still believed', () => {
  expect(verify(withExtensions((extensions) => extensions))).toMatchObject({ peer: node.peer })
  const harmless = extension(oid.unknown, octets(derInteger(Uint8Array.of(1))))
  expect(verify(withExtensions((extensions) => [...extensions, harmless]))).toMatchObject({ peer: node.peer })
})

test.each([
  [
    'an unknown critical extension',
    (all: Uint8Array[]) => [...all, extension(oid.unknown, derTrue(), octets())],
  ],
  ['an extension twice', (all: Uint8Array[]) => [...all, all[0] ?? octets()]],
  ['no extensions', () => []],
  ['no key usage', replaced(oid.usage, undefined)],
  ['no basic constraints', replaced(oid.constraints, undefined)],
  [
    'a flag that is neither true nor left out',
    replaced(
      oid.usage,
      extension(oid.usage, der(tag.boolean, Uint8Array.of(1)), octets(derBits(Uint8Array.of(0x80), 7))),
    ),
  ],
  [
    'the right to sign others',
    replaced(oid.constraints, extension(oid.constraints, derTrue(), octets(derSequence(derTrue())))),
  ],
  [
    'the key usage of an authority',
    replaced(oid.usage, extension(oid.usage, derTrue(), octets(derBits(Uint8Array.of(0x04), 2)))),
  ],
  [
    'all the rights of an authority',
    (all: Uint8Array[]) => replaced(oid.usage, maySign)(replaced(oid.constraints, mayHaveOthers)(all)),
  ],
  [
    'a host name beside its own',
    replaced(
      oid.names,
      extension(
        oid.names,
        octets(derSequence(der(0x86, name), der(0x82, new TextEncoder().encode('a.example')))),
      ),
    ),
  ],
  [
    'a name with a line break',
    replaced(oid.names, extension(oid.names, octets(derSequence(der(0x86, name, Uint8Array.of(10)))))),
  ],
  [
    'a name and a zero byte',
    replaced(oid.names, extension(oid.names, octets(derSequence(der(0x86, name, Uint8Array.of(0)))))),
  ],
  [
    'something after its names',
    replaced(oid.names, extension(oid.names, octets(derSequence(der(0x86, name)), Uint8Array.of(0)))),
  ],
  [
    'something after the value of an extension',
    replaced(oid.names, extension(oid.names, octets(derSequence(der(0x86, name))), octets())),
  ],
] as const)('a certificate with %s is refused', (_, change) => {
  expect(() => verify(withExtensions(change))).toThrow(invalid)
})
