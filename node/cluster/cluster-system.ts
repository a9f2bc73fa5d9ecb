// A cluster on a real machine: the keys in its folder, libp2p, the disk; what `startNode` does with the option `cluster`.
import { join } from 'node:path'
import { AddressBook } from './address-book.ts'
import { askByLetter } from './letter.ts'
import { Cluster } from './cluster.ts'
import { Fault } from '../../runtime/fault.ts'
import { OwnAddresses, placeOf } from './own-addresses.ts'
import { passphraseFrom } from '../trust/passphrase.ts'
import { Renewal } from '../trust/renewal.ts'
import { SharedTrust } from './shared-trust.ts'
import { RevocationWatch } from './revocation-watch.ts'
import { SystemDisk } from '../system-disk.ts'
import { SystemDurableDisk } from '../system-durable-disk.ts'
import { SystemPathGuard } from '../trust/path-guard.ts'
import { Trust } from '../trust/trust.ts'
import { TrustFolder } from '../trust/trust-folder.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { ClusterOptions } from './cluster-options.ts'
import type { ClusterParts } from './cluster-parts.ts'
import type { DialTarget, PeerStream, Transport } from '../../runtime/transport.ts'
import type { Random } from '../../runtime/random.ts'

/** Where a node listens unless it is told: any free port, and for programs of this machine alone. */
const localAddresses: readonly string[] = ['/ip4/127.0.0.1/tcp/0']
/** How long a node may look for one that renews its certificate, in milliseconds. */
export const renewMsMax = 10_000

/** What the node has that is in the cluster. */
export type ClusterSeat = Pick<ClusterParts, 'name' | 'runtime' | 'fleet' | 'definitions' | 'isEntity'> & {
  readonly clock: Clock
  readonly random: Random
}

/**
 * Opens the node's keys, its transport and its part in the council; it is a member, and up, when this resolves.
 * @throws {Fault} `trust-missing` `passphrase-wrong` `key-exposed` `folder-locked` `address-unusable`, and those of `Cluster.open`
 */
export async function openSystemCluster(options: ClusterOptions, seat: ClusterSeat): Promise<Cluster> {
  // It takes as long as the key to be derived: both at once.
  loadTransport().catch(() => undefined)
  const trust = await openTrust(options, seat.clock)
  const own = new OwnAddresses(new SystemDisk(), join(options.folder, 'addresses.json'))
  try {
    return await openWhereItWas(options, seat, { trust, own })
  } catch (fault) {
    await trust.close()
    throw fault
  }
}

/** The type is that of the module: nothing names it but here. */
const loadTransport = () => import('../../transports/libp2p/libp2p-transport.ts')

interface Kept {
  readonly trust: Trust
  readonly own: OwnAddresses
}

/** Whom nobody has told where to listen listens where the others have found it before, if nobody else does by now. */
async function openWhereItWas(options: ClusterOptions, seat: ClusterSeat, kept: Kept): Promise<Cluster> {
  const before = options.listen === undefined && options.kind !== 'local' ? await kept.own.read() : []
  const listen = before.filter((address) => address.startsWith('/ip4/127.0.0.1/')).map(placeOf)
  if (listen.length === 0) return await openAt(options, seat, kept)
  try {
    return await openAt({ ...options, listen }, seat, kept)
  } catch (fault) {
    if (!Fault.is(fault) || fault.code !== 'address-unusable') throw fault
    return await openAt(options, seat, kept)
  }
}

async function openAt(options: ClusterOptions, seat: ClusterSeat, kept: Kept): Promise<Cluster> {
  const { clock, random } = seat
  const found: DialTarget[] = []
  let hear = (target: DialTarget): void => void found.push(target)
  const transport = await openTransport(options, kept.trust, {
    clock,
    random,
    found: (target) => hear(target),
  })
  return await open(options, seat, {
    ...kept,
    transport,
    listening: (tell) => {
      hear = tell
      for (const target of found) tell(target)
    },
  })
}

interface Opened extends Kept {
  readonly transport: Transport
  readonly listening: (tell: (target: DialTarget) => void) => void
}

async function open(
  options: ClusterOptions,
  seat: ClusterSeat,
  { trust, own, transport, listening }: Opened,
): Promise<Cluster> {
  const { clock } = seat
  const founds = trust.authority !== undefined
  const cluster = await Cluster.open({
    ...seat,
    cluster: trust.cluster,
    kind: options.kind ?? (founds ? 'initial' : 'trusted'),
    labels: options.labels ?? [],
    transport,
    storage: { disk: new SystemDurableDisk(), folder: join(options.folder, 'council') },
    book: new AddressBook(new SystemDisk(), join(options.folder, 'peers.json'), (fault) =>
      seat.runtime.host.events.emit('trust-unkept', { path: seat.name }, fault),
    ),
    seeds: (options.seeds ?? []).map((address) => ({ addresses: [address] })),
    founds,
    guest: (stream, letter) => answerGuest(trust, stream, letter),
    listening,
  })
  const ended = lookAfter(trust, cluster, { transport, clock })
  own.follow(cluster, transport.peer)
  await own.settled()
  cluster.onClosed(async () => {
    await ended()
    await own.settled()
    await trust.close()
  })
  return cluster
}

/** Renews the certificate in time, and believes whom the cluster believes. @returns what ends that */
function lookAfter(
  trust: Trust,
  cluster: Cluster,
  { transport, clock }: { readonly transport: Transport; readonly clock: Clock },
): () => Promise<void> {
  // What cannot be kept leaves what was believed before; the next start says it again.
  const failed = (fault: unknown): void => cluster.note('trust-unkept', undefined, fault)
  const renewal = new Renewal({
    clock,
    leaf: () => trust.credentials.leaf,
    renew: () => renew(trust, cluster, { transport, clock }),
    failed: (fault, leftMs) => cluster.note('certificate-ending', undefined, { fault, leftMs }),
  })
  const { directory, proposals } = cluster.agreement
  const shared = new SharedTrust({
    trust,
    facts: () => cluster.facts,
    nowMs: () => clock.wall(),
    propose: (command) => proposals.propose(command),
    failed,
  })
  const begin = (): void => void shared.begin().catch(failed)
  const unfollow = directory.watch((change) => shared.changed(change), begin)
  begin()
  const watch = new RevocationWatch({ clock, trust, cluster, failed })
  const unwatch = watchCertificate(trust, cluster)
  return async () => {
    unfollow()
    unwatch()
    renewal.stop()
    await watch.stop()
  }
}

/** The connections follow the certificate; lists of who is believed change without one. */
function watchCertificate({ credentials }: Trust, { company }: Cluster): () => void {
  let last = credentials.current.certificate
  return credentials.watch(() => {
    const { certificate } = credentials.current
    if (certificate !== last) company.recertified()
    last = certificate
  })
}

async function openTrust(options: ClusterOptions, clock: Clock): Promise<Trust> {
  const disk = new SystemDurableDisk()
  const passphrase = await passphraseFrom(options, new SystemDisk(), new SystemPathGuard())
  const path = join(options.folder, 'trust')
  return await Trust.open(
    await TrustFolder.open(path, { disk, guard: new SystemPathGuard(), passphrase }),
    clock,
  )
}

async function openTransport(
  { listen, announce, relays, kind, isDiscovered }: ClusterOptions,
  trust: Trust,
  {
    clock,
    random,
    found,
  }: {
    readonly clock: Clock
    readonly random: Random
    readonly found: (target: DialTarget) => void
  },
): Promise<Transport> {
  const { openLibp2pTransport } = await loadTransport()
  return await openLibp2pTransport({
    credentials: trust.credentials,
    clock,
    random: random.fork('transport'),
    listen: listen ?? (kind === 'local' ? [] : localAddresses),
    announce,
    relays,
    isRelay: kind === 'proxy',
    takesGuests: trust.desk !== undefined,
    ...(isDiscovered === true ? { found: (peer, addresses) => found({ peer, addresses }) } : {}),
  })
}

/** A certificate for whoever has a token, or has one that ends soon. */
async function answerGuest(
  { desk }: Trust,
  stream: PeerStream,
  letter: Uint8Array,
): Promise<Uint8Array | undefined> {
  if (desk === undefined) return undefined
  const { binding = new Uint8Array(0) } = stream as PeerStream & { readonly binding?: Uint8Array }
  const peer = stream.peer === '' ? {} : { peer: stream.peer }
  return await desk.answer(letter, { source: sourceOf(stream.address), binding, ...peer })
}

/** Without the port: one machine is one source. */
function sourceOf(address: string): string {
  return address.replace(/\/(?:tcp|udp)\/\d+.*$/, '')
}

/** Gets the next certificate: by oneself where the authority is, else from the node that has it. */
async function renew(
  trust: Trust,
  cluster: Cluster,
  { transport, clock }: { readonly transport: Transport; readonly clock: Clock },
): Promise<void> {
  if (trust.desk !== undefined) {
    await trust.renewAlone()
    return
  }
  const signers = [...cluster.facts.members()].filter(({ kind }) => kind === 'initial')
  let last: unknown = new Fault(
    'authority-missing',
    'Cannot renew the certificate: no node of the kind initial is up',
    {
      hint: 'Start the node that has founded the cluster.',
    },
  )
  for (const { peer, addresses } of signers) {
    const controller = new AbortController()
    const late = clock.alarm(clock.now() + renewMsMax, () => controller.abort())
    try {
      const stream = await transport.dial({ peer, addresses }, 'foyer', controller.signal)
      await trust.renew((question) => askByLetter(stream, question, clock), new Uint8Array(0))
      return
    } catch (fault) {
      last = fault
    } finally {
      late.cancel()
    }
  }
  throw last
}
