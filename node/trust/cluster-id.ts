// A cluster's id: 80 random bits in letters that are read out easily; the trust domain of its SPIFFE ids.
import { secretBytes } from '../../transports/libp2p/identity/keys.ts'

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'
const characters = 16

/** 16 characters of base32, in lower case. */
export function makeClusterId(): string {
  // Each byte gives five bits; 256 is a multiple of 32, so all letters are equally likely.
  return Array.from(secretBytes(characters), (byte) => alphabet.charAt(byte % alphabet.length)).join('')
}
