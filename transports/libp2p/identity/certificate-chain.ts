// A certificate chain: which authority has signed a certificate, and whether both are within their lives.
import { certificateFromPem, readCertificate } from './certificate-reader.ts'
import { outsideItsLife } from './handshake-fault.ts'
import { isSignedBy } from './keys.ts'
import type { Certificate } from './certificate-reader.ts'

/** The root that has signed a leaf, in PEM; undefined if none has. @param roots in PEM */
export function signerOf(leaf: Certificate, roots: readonly string[]): string | undefined {
  return roots.find((pem) => {
    const root = readCertificate(certificateFromPem(pem))
    return root.isAuthority && isSignedBy('ml-dsa-65', root.publicKey, leaf.signed, leaf.signature)
  })
}

/** @param nowMs since 1970. @throws {Fault} `certificate-expired` */
export function verifyLife({ startsMs, endsMs }: Certificate, nowMs: number): void {
  if (nowMs >= startsMs && nowMs < endsMs) return
  const life = `${new Date(startsMs).toISOString()} to ${new Date(endsMs).toISOString()}`
  throw outsideItsLife(`it is good from ${life}, and now is ${new Date(nowMs).toISOString()}`)
}
