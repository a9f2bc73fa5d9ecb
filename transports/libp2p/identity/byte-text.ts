// Bytes as text: hexadecimal digits and Base64, read strictly: one text for the same bytes.

/** In lower case. */
export function toHex(bytes: Uint8Array): string {
  return viewOf(bytes).toString('hex')
}

/** Undefined unless it is pairs of lower-case digits. */
export function fromHex(text: string): Uint8Array | undefined {
  const bytes = Uint8Array.from(Buffer.from(text, 'hex'))
  return toHex(bytes) === text ? bytes : undefined
}

/** `base64url` has no signs that a shell or an address minds, and no padding. */
export function toBase64(bytes: Uint8Array, alphabet: 'base64' | 'base64url' = 'base64'): string {
  return viewOf(bytes).toString(alphabet)
}

/** Undefined unless it is what `toBase64` writes. */
export function fromBase64(
  text: string,
  alphabet: 'base64' | 'base64url' = 'base64',
): Uint8Array | undefined {
  const bytes = Uint8Array.from(Buffer.from(text, alphabet))
  return toBase64(bytes, alphabet) === text ? bytes : undefined
}

function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
