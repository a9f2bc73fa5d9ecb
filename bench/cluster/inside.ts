// Inside: jobs that run in a process with a network namespace of its own, which they may cut and narrow as they like.
import { spawnSync } from 'node:child_process'
import { Partner } from './partner.ts'
import type { Repetition, Sample } from '../workload.ts'

export type InsideJob = 'bulk' | 'cut'

/** Each repetition has a namespace of its own. */
export async function inside(job: InsideJob): Promise<Repetition> {
  await Promise.resolve()
  return async () => {
    await using partner = await Partner.start({ entry: 'inside-entry', input: job, isApart: true })
    return await partner.next<Sample>()
  }
}

const trial = [
  'ip link set lo up',
  'tc qdisc add dev lo root tbf rate 200mbit burst 256kb latency 50ms',
  'ip link add bridge type bridge',
  'ip link add cable type veth peer name wall',
].join(' && ')

/** Why such jobs cannot run on this machine: makes a namespace, and what they need in it, and lets it go. */
export function missingInside(): string | undefined {
  const { status } = spawnSync('unshare', ['--net', 'sh', '-c', trial], { stdio: 'ignore' })
  return status === 0
    ? undefined
    : 'it takes root, unshare, ip and tc, and a kernel with bridges, veth and tbf'
}
