// A singleton's spawn: whoever wants it is given the one that there is, whoever started it.
import { Fault } from '../../runtime/fault.ts'
import { refAt } from '../../runtime/ref.ts'
import type { ClusterFacts } from '../../actors/cluster/state/cluster-facts.ts'
import type { Host } from '../../runtime/cell.ts'
import type { LocalRef } from '../../runtime/ref.ts'

export interface SingletonParts {
  readonly host: Host
  facts(): ClusterFacts
  /** Calls once everything that was decided before the call is known here, or cannot be found out. */
  catchUp(run: () => void): void
  /** @throws {Fault} `name-taken` and others */
  spawn(): Promise<LocalRef>
}

/** @throws {Fault} those of the spawn; `name-taken` where another root has the name that is no singleton */
export async function spawnSingleton(path: string, parts: SingletonParts): Promise<LocalRef> {
  const { host, facts, catchUp, spawn } = parts
  if (facts().home(path)?.isSingleton === true) return refAt(host, path)
  try {
    return await spawn()
  } catch (fault) {
    if (!Fault.is(fault) || fault.code !== 'name-taken') throw fault
    await new Promise<void>((resolve) => catchUp(resolve))
    if (facts().home(path)?.isSingleton !== true) throw fault
    return refAt(host, path)
  }
}
