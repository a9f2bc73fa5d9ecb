// A node's address: the multiaddrs that this transport understands, checked before anything is done with them.
import { multiaddr } from '@multiformats/multiaddr'
import { Fault } from '../../runtime/fault.ts'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { PeerId } from '../../runtime/transport.ts'

/** The longest address, in characters: a host name, a relay and two peer ids. */
export const addressCharactersMax: number = 512
/** The most addresses of one list. */
export const addressesMax: number = 32

/** The names of a multiaddr's parts, in order. `/tls` is implied: there is nothing else on the port. */
const directForm = /^(?:ip4|ip6|dns|dns4|dns6),tcp(?:,tls)?(?:,p2p)?$/
const relayForm = /^(?:ip4|ip6|dns|dns4|dns6),tcp(?:,tls)?,p2p$/
const relayedForm = /^(?:ip4|ip6|dns|dns4|dns6),tcp(?:,tls)?,p2p,p2p-circuit(?:,p2p)?$/
const listenForm = /^(?:ip4|ip6),tcp(?:,tls)?$/

export interface HostPort {
  readonly host: string
  readonly port: number
}

export function isDirect(address: Multiaddr): boolean {
  return directForm.test(formOf(address))
}

export function isRelayed(address: Multiaddr): boolean {
  return relayedForm.test(formOf(address))
}

/** Of a direct address, or of the relay of a relayed one. */
export function hostPort(address: Multiaddr): HostPort {
  const [host, port] = address.getComponents()
  return { host: host?.value ?? '', port: Number(port?.value) }
}

/** Whose address it is, if it says so: the last peer id, behind the relay. */
export function peerOf(address: Multiaddr): PeerId | undefined {
  const last = address.getComponents().at(-1)
  return last?.name === 'p2p' ? last.value : undefined
}

/** An address of the node with its id at the end. */
export function withPeer(address: Multiaddr, peer: PeerId): Multiaddr {
  return peerOf(address) === peer ? address : address.encapsulate(`/p2p/${peer}`)
}

/** @throws {Fault} `address-unusable` */
export function listenAddress(text: string): Multiaddr {
  const address = parsed(text, 'listen at')
  if (listenForm.test(formOf(address))) return address
  throw unusable('listen at', text, 'it is not of the form /ip4/<address>/tcp/<port>')
}

/** An address of a relay, with its peer id. @throws {Fault} `address-unusable` */
export function relayAddress(text: string): Multiaddr {
  const address = parsed(text, 'use the relay')
  if (relayForm.test(formOf(address))) return address
  throw unusable('use the relay', text, 'it is not of the form /ip4/<address>/tcp/<port>/p2p/<peer id>')
}

/** An address that others are told. @throws {Fault} `address-unusable` */
export function announceAddress(text: string): Multiaddr {
  const address = parsed(text, 'announce')
  if (isDirect(address)) return address
  throw unusable('announce', text, 'it is not of the form /ip4/<address>/tcp/<port>')
}

/** An address to dial, with the peer's id at its end if that is known. @throws {Fault} `address-unusable` */
export function dialAddress(text: string, peer: PeerId | undefined): Multiaddr {
  const address = parsed(text, 'dial')
  if (!isDirect(address) && !isRelayed(address)) {
    throw unusable(
      'dial',
      text,
      'it is neither /ip4/<address>/tcp/<port> nor that of a relay with /p2p-circuit behind',
    )
  }
  const named = peerOf(address)
  if (named === undefined && peer === undefined && isRelayed(address)) {
    throw unusable('dial', text, 'a relay has to be told whom it should reach')
  }
  if (named !== undefined && peer !== undefined && named !== peer) {
    throw unusable('dial', text, `it is the address of another node than ${peer}`)
  }
  return peer === undefined ? address : withPeer(address, peer)
}

export function unusable(attempted: string, text: string, reason: string, cause?: unknown): Fault {
  return new Fault('address-unusable', `Cannot ${attempted} ${JSON.stringify(shown(text))}: ${reason}`, {
    hint: 'Write the address as /ip4/<address>/tcp/<port>, and take one that this machine has.',
    ...(cause === undefined ? {} : { cause }),
  })
}

function parsed(text: string, attempted: string): Multiaddr {
  if (text.length > addressCharactersMax) {
    throw unusable(attempted, text, `it has ${text.length} characters of ${addressCharactersMax}`)
  }
  try {
    return multiaddr(text)
  } catch (error) {
    throw unusable(attempted, text, 'it is no multiaddr', error)
  }
}

function formOf(address: Multiaddr): string {
  return address
    .getComponents()
    .map(({ name }) => name)
    .join()
}

function shown(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
