// The workloads `kill`, `stop` and `cut`: a node of three ends without a word, stands still, or is on the other side of a cut.
import { execFileSync } from 'node:child_process'
import { BenchCluster } from './bench-cluster.ts'
import { inside } from './inside.ts'
import { measureLosses } from './lose.ts'
import type { Partner } from './partner.ts'
import type { Repetition, Sample, Workload } from '../workload.ts'

export const kill: Workload = { troupe: () => onOneMachine('kill', (partner) => void partner.kill()) }
export const stop: Workload = { troupe: () => onOneMachine('stop', (partner) => partner.stop()) }
export const cut: Workload = { troupe: () => inside('cut') }

async function onOneMachine(
  workload: 'kill' | 'stop',
  lose: (partner: Partner) => void,
): Promise<Repetition> {
  const cluster = await BenchCluster.found()
  await cluster.join('b')
  const start = (): Promise<Partner> => cluster.join('c')
  return () => measureLosses({ workload, cluster, start, lose, bury })
}

function bury(partner: Partner): Promise<void> {
  return partner.kill()
}

/** Of the first node; the others count on from there. */
const network = '10.77.0'

/** In a network namespace of this process: nodes in namespaces of their own, each at a cable to the bridge here. */
export async function measureCuts(): Promise<Sample> {
  ip('link set lo up')
  ip('link add bridge type bridge')
  ip(`addr add ${network}.1/24 dev bridge`)
  ip('link set bridge up')
  const cluster = await BenchCluster.found([`/ip4/${network}.1/tcp/0`])
  await plugged(cluster, 'b', 2)
  return await measureLosses({
    workload: 'cut',
    cluster,
    start: () => plugged(cluster, 'c', 3),
    lose: () => ip('link set cable3 down'),
    bury: async (partner) => {
      // A namespace goes some time after its last process, and its end of the cable with it.
      ip('link del cable3')
      await partner.kill()
    },
  })
}

function plugged(cluster: BenchCluster, name: string, host: number): Promise<Partner> {
  return cluster.join(name, {
    listen: [`/ip4/${network}.${host}/tcp/0`],
    connect: (pid) => {
      ip(`link add cable${host} type veth peer name wall netns ${pid}`)
      ip(`link set cable${host} master bridge up`)
      const there = (words: string): void => run('nsenter', `--net=/proc/${pid}/ns/net ip ${words}`)
      there('link set lo up')
      there(`addr add ${network}.${host}/24 dev wall`)
      there('link set wall up')
    },
  })
}

function ip(words: string): void {
  run('ip', words)
}

function run(program: string, words: string): void {
  execFileSync(program, words.split(' '), { stdio: ['ignore', 'ignore', 'inherit'] })
}
