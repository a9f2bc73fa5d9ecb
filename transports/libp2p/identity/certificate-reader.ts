// A certificate reader: what stands in an X.509 certificate of a node or an authority, read strictly and bounded.
import { fromBase64, toBase64 } from './byte-text.ts'
import { oids } from './certificate-oids.ts'
import { certificateBytesMax, DerReader, malformed } from './der-reader.ts'
import { derOid, tag } from './der-writer.ts'

/** A certificate, read but not believed. */
export interface Certificate {
  /** The part that is signed, and by what. */
  readonly signed: Uint8Array
  readonly signature: Uint8Array
  /** In lower-case hexadecimal digits. */
  readonly serial: string
  /** Milliseconds since 1970. */
  readonly startsMs: number
  readonly endsMs: number
  /** In DER (SubjectPublicKeyInfo). */
  readonly publicKey: Uint8Array
  /** Whether it may sign others. */
  readonly isAuthority: boolean
  /** The names in it; other kinds of names are not allowed. */
  readonly uris: readonly string[]
  /** See writeProof. */
  readonly proof: Uint8Array | undefined
}

/** @throws {Fault} `certificate-invalid` */
export function readCertificate(bytes: Uint8Array): Certificate {
  const outer = new DerReader(bytes)
  const whole = outer.within(tag.sequence)
  outer.end()
  const signed = whole.readWhole(tag.sequence)
  readAlgorithm(whole)
  const signature = whole.bits()
  whole.end()
  return { signed, signature, ...readSigned(new DerReader(signed).within(tag.sequence)) }
}

/** One certificate of a PEM text, as DER. @throws {Fault} `certificate-invalid` there is none, or more than one */
export function certificateFromPem(pem: string): Uint8Array {
  // Base64 is longer than what it stands for by a third, and has line breaks and two lines around it.
  const [, body] =
    pem.length <= certificateBytesMax * 2
      ? (/^-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=\n]+)-----END CERTIFICATE-----\n?$/.exec(pem) ?? [])
      : []
  const bytes = body === undefined ? undefined : fromBase64(body.replaceAll('\n', ''))
  if (bytes === undefined) throw malformed('it is not one certificate in PEM')
  return bytes
}

/** @param bytes DER */
export function pemOf(bytes: Uint8Array, label: 'CERTIFICATE' | 'PRIVATE KEY'): string {
  const lines = toBase64(bytes).replaceAll(/.{1,64}/g, '$&\n')
  return `-----BEGIN ${label}-----\n${lines}-----END ${label}-----\n`
}

const uriTag = 0x86
const version3 = '02'
const hexOf = (dotted: string): string => new DerReader(derOid(dotted)).oid()
const mlDsa65 = hexOf(oids.mlDsa65)
const basicConstraints = hexOf(oids.basicConstraints)
const keyUsage = hexOf(oids.keyUsage)
const subjectAltName = hexOf(oids.subjectAltName)
const libp2pProof = hexOf(oids.libp2pProof)

type Signed = Omit<Certificate, 'signed' | 'signature'>

function readSigned(reader: DerReader): Signed {
  const version = reader.within(0xa0)
  if (version.integer() !== version3) throw malformed('it is not of version 3')
  version.end()
  const serial = reader.integer()
  readAlgorithm(reader)
  reader.read(tag.sequence)
  const life = reader.within(tag.sequence)
  const startsMs = life.time()
  const endsMs = life.time()
  life.end()
  reader.read(tag.sequence)
  const publicKey = reader.readWhole(tag.sequence)
  const extensions = readExtensions(reader)
  reader.end()
  return {
    serial,
    startsMs,
    endsMs,
    publicKey,
    isAuthority: readIsAuthority(extensions),
    uris: readUris(extensions.get(subjectAltName)),
    proof: extensions.get(libp2pProof),
  }
}

/** ML-DSA-65 has no parameters, and nothing else signs here. */
function readAlgorithm(reader: DerReader): void {
  const algorithm = reader.within(tag.sequence)
  if (algorithm.oid() !== mlDsa65) throw malformed('it is not signed with ML-DSA-65')
  algorithm.end()
}

/** Values by the digits of their identifiers. A critical one that is not known here forbids the certificate, as RFC 5280 wants it. */
function readExtensions(reader: DerReader): ReadonlyMap<string, Uint8Array> {
  const wrapped = reader.within(0xa3)
  const list = wrapped.within(tag.sequence)
  wrapped.end()
  const found = new Map<string, Uint8Array>()
  while (!list.isEmpty) {
    const one = list.within(tag.sequence)
    const id = one.oid()
    const isCritical = readTrue(one)
    if (found.has(id)) throw malformed('it has an extension twice')
    if (isCritical && id !== basicConstraints && id !== keyUsage && id !== subjectAltName) {
      throw malformed('it has a critical extension that is not known')
    }
    found.set(id, one.read(tag.octets))
    one.end()
  }
  return found
}

/** A flag is there if it is true, and left out if it is not. */
function readTrue(reader: DerReader): boolean {
  if (reader.nextTag !== tag.boolean) return false
  const value = reader.read(tag.boolean)
  if (value.byteLength !== 1 || value[0] !== 0xff) throw malformed('a flag is neither true nor left out')
  return true
}

/** Both extensions have to say the same. */
function readIsAuthority(extensions: ReadonlyMap<string, Uint8Array>): boolean {
  const constraints = extensions.get(basicConstraints)
  const usage = extensions.get(keyUsage)
  if (constraints === undefined || usage === undefined) throw malformed('it does not say what it is for')
  const saysAuthority = readTrue(new DerReader(constraints).within(tag.sequence))
  const bits = new DerReader(usage).read(tag.bits)
  const maySign = ((bits[1] ?? 0) & 0x04) !== 0
  if (saysAuthority !== maySign) throw malformed('it contradicts itself about what it is for')
  return saysAuthority
}

function readUris(value: Uint8Array | undefined): string[] {
  if (value === undefined) return []
  const outer = new DerReader(value)
  const names = outer.within(tag.sequence)
  outer.end()
  const uris: string[] = []
  while (!names.isEmpty) uris.push(names.ascii(uriTag))
  return uris
}
