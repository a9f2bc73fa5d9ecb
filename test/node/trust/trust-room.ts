// A room for tests of trust: a disk that can crash, a clock that is moved by hand, and the short way to nodes of a cluster.
import { CrashDisk } from '../../../scenarios/testing/crash-disk.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { foundCluster, joinCluster, makeToken } from '../../../node/trust/cluster-verbs.ts'
import { openGuard } from '../../../node/trust/path-guard.ts'
import { Trust } from '../../../node/trust/trust.ts'
import { TrustFolder } from '../../../node/trust/trust-folder.ts'
import type { Founded, TrustVerbOptions } from '../../../node/trust/cluster-verbs.ts'
import type { Caller } from '../../../node/trust/join-desk.ts'

export const passphrase = 'correct horse battery'
export const binding: Uint8Array = new Uint8Array(32).fill(7)
export const address = '/ip4/127.0.0.1/tcp/4001'

export class TrustRoom {
  readonly clock: ManualClock
  readonly disk: CrashDisk

  constructor(clock: ManualClock = new ManualClock(), disk: CrashDisk = new CrashDisk()) {
    this.clock = clock
    this.disk = disk
  }

  get options(): TrustVerbOptions {
    return { clock: this.clock, disk: this.disk, guard: openGuard, passphrase, scryptPower: 12 }
  }

  /** The same room after a fall, with another disk. */
  after(disk: CrashDisk): TrustRoom {
    return new TrustRoom(this.clock, disk)
  }

  found(path: string, leafLifeMs?: number): Promise<Founded> {
    return foundCluster(path, { ...this.options, leafLifeMs })
  }

  folder(path: string): Promise<TrustFolder> {
    return TrustFolder.open(path, this.options)
  }

  async open(path: string): Promise<Trust> {
    return Trust.open(await this.folder(path), this.clock)
  }

  token(path: string, lifeMs?: number): Promise<string> {
    return makeToken(path, { ...this.options, addresses: [address], lifeMs })
  }

  /** Joins at the desk of an open trust, over a channel of its own. */
  join(path: string, token: string, founder: Trust, more: Partial<Caller> = {}): Promise<Founded> {
    return joinCluster(path, token, {
      ...this.options,
      call: async () => ({ binding, ask: askOf(founder, more) }),
    })
  }
}

export function askOf(
  founder: Trust,
  more: Partial<Caller> = {},
): (request: Uint8Array) => Promise<Uint8Array> {
  const caller = { source: '10.0.0.9', binding, ...more }
  return async (request) => {
    if (founder.desk === undefined) throw new Error('That node has no desk')
    return founder.desk.answer(request, caller)
  }
}
