// A TLS hello: what two ends offer and choose, read from the bytes on the wire without any library.

export interface ClientHello {
  readonly groups: readonly number[]
  readonly shares: readonly number[]
  readonly versions: readonly number[]
  readonly signatures: readonly number[]
  readonly ciphers: readonly number[]
}

export interface ServerHello {
  readonly group: number
  readonly shareBytes: number
  readonly version: number
  readonly cipher: number
}

const extension = { groups: 10, signatures: 13, versions: 43, shares: 51 }

export function readClientHello(wire: Buffer): ClientHello {
  const hello = handshake(wire, 1)
  // Version, random, session id.
  let at = 34
  at += 1 + hello.readUInt8(at)
  const ciphers = numbers(hello.subarray(at + 2, at + 2 + hello.readUInt16BE(at)))
  at += 2 + ciphers.length * 2
  at += 1 + hello.readUInt8(at)
  const found = extensions(hello.subarray(at))
  const shares: number[] = []
  const all = found.get(extension.shares) ?? Buffer.alloc(2)
  for (let share = 2; share < all.length; share += 4 + all.readUInt16BE(share + 2))
    shares.push(all.readUInt16BE(share))
  return {
    ciphers,
    shares,
    groups: numbers((found.get(extension.groups) ?? Buffer.alloc(2)).subarray(2)),
    versions: numbers((found.get(extension.versions) ?? Buffer.alloc(1)).subarray(1)),
    signatures: numbers((found.get(extension.signatures) ?? Buffer.alloc(2)).subarray(2)),
  }
}

export function readServerHello(wire: Buffer): ServerHello {
  const hello = handshake(wire, 2)
  let at = 34
  at += 1 + hello.readUInt8(at)
  const cipher = hello.readUInt16BE(at)
  const found = extensions(hello.subarray(at + 3))
  const share = found.get(extension.shares) ?? Buffer.alloc(4)
  const version = found.get(extension.versions) ?? Buffer.alloc(2)
  return {
    cipher,
    group: share.readUInt16BE(0),
    shareBytes: share.readUInt16BE(2),
    version: version.readUInt16BE(0),
  }
}

/** The body of the first message, which fits one record. */
function handshake(wire: Buffer, kind: number): Buffer {
  if (wire.readUInt8(0) !== 22 || wire.readUInt8(5) !== kind)
    throw new Error('The wire does not begin with that hello')
  return wire.subarray(9, 9 + wire.readUIntBE(6, 3))
}

function extensions(bytes: Buffer): ReadonlyMap<number, Buffer> {
  const found = new Map<number, Buffer>()
  const end = 2 + bytes.readUInt16BE(0)
  for (let at = 2; at < end; at += 4 + bytes.readUInt16BE(at + 2)) {
    found.set(bytes.readUInt16BE(at), bytes.subarray(at + 4, at + 4 + bytes.readUInt16BE(at + 2)))
  }
  return found
}

function numbers(bytes: Buffer): number[] {
  return Array.from({ length: Math.floor(bytes.length / 2) }, (_, index) => bytes.readUInt16BE(index * 2))
}
