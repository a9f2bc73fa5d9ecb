// Certificates: ours and OpenSSL's reading of them agree, and a changed one is never believed.
import { X509Certificate } from 'node:crypto'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  certificateFromPem,
  pemOf,
  readCertificate,
} from '../../../../transports/libp2p/identity/certificate-reader.ts'
import { verifyLeaf } from '../../../../transports/libp2p/identity/verify-peer.ts'
import { Fault } from '../../../../runtime/fault.ts'
import { check, TestCluster, testCluster } from './test-cluster.ts'

const nowMs = Date.parse('2026-06-01T12:00:00Z')
const cluster = new TestCluster(nowMs)
const node = cluster.node()

test('OpenSSL reads in a certificate what was written into it', () => {
  const seen = new X509Certificate(node.certificate)
  const root = new X509Certificate(cluster.root)
  expect(seen.subjectAltName).toBe(`URI:spiffe://${testCluster}/node/${node.peer}`)
  expect(seen.subject).toBe(`CN=${node.peer}`)
  expect(seen.ca).toBe(false)
  expect(root.ca).toBe(true)
  expect(seen.publicKey.asymmetricKeyType).toBe('ml-dsa-65')
  expect(seen.checkIssued(root)).toBe(true)
  expect(seen.verify(root.publicKey)).toBe(true)
  expect(seen.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'])
})

test('the reader finds the same serial number, life and key as OpenSSL', () => {
  const seen = new X509Certificate(node.certificate)
  const read = readCertificate(node.certificate)
  expect(read.serial).toBe(seen.serialNumber.toLowerCase())
  expect(read.startsMs).toBe(seen.validFromDate.getTime())
  expect(read.endsMs).toBe(seen.validToDate.getTime())
  expect(Buffer.from(read.publicKey).equals(seen.publicKey.export({ type: 'spki', format: 'der' }))).toBe(
    true,
  )
  expect(read.uris).toEqual([`spiffe://${testCluster}/node/${node.peer}`])
})

test('two certificates have two serial numbers', () => {
  const serials = Array.from({ length: 20 }, () => readCertificate(cluster.node().certificate).serial)
  expect(new Set(serials).size).toBe(20)
})

test('a certificate in PEM is read if it stands alone in it', () => {
  const pem = pemOf(node.certificate, 'CERTIFICATE')
  expect(certificateFromPem(pem)).toEqual(node.certificate)
  for (const text of ['', pem + pem, pem.slice(0, -30), pem.replace('BEGIN', 'BEGUN'), `x${pem}`]) {
    expect(() => certificateFromPem(text)).toThrow(Fault)
  }
})

test('a certificate with one byte changed is never believed', () => {
  const roots = [cluster.root]
  fc.assert(
    fc.property(
      fc.nat({ max: node.certificate.byteLength - 1 }),
      fc.integer({ min: 1, max: 255 }),
      (at, change) => {
        const bytes = Uint8Array.from(node.certificate)
        bytes[at] = (bytes[at] ?? 0) ^ change
        return isFault(() => verifyLeaf(bytes, { ...check(), roots, nowMs }))
      },
    ),
    { numRuns: 4_000 },
  )
})

test('a certificate that is cut, repeated, spliced or mutated ends in a fault or is read', () => {
  const { byteLength } = node.certificate
  const pieces = fc.array(fc.tuple(fc.nat({ max: byteLength }), fc.nat({ max: 400 })), {
    minLength: 1,
    maxLength: 6,
  })
  const flips = fc.array(fc.tuple(fc.nat({ max: 900 }), fc.nat({ max: 255 })), { maxLength: 8 })
  fc.assert(
    fc.property(pieces, flips, fc.boolean(), (cuts, changes, isWhole) => {
      const parts = cuts.map(([at, length]) => node.certificate.subarray(at, at + length))
      const bytes = isWhole ? Uint8Array.from(node.certificate) : Uint8Array.from(Buffer.concat(parts))
      for (const [at, value] of changes) if (at < bytes.byteLength) bytes[at] = value
      try {
        readCertificate(bytes)
        return true
      } catch (error) {
        return Fault.is(error) && error.code === 'certificate-invalid'
      }
    }),
    { numRuns: 40_000 },
  )
})

function isFault(act: () => unknown): boolean {
  try {
    act()
  } catch (error) {
    return Fault.is(error)
  }
  return false
}
