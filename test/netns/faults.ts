// The faults of the runs in network namespaces: what is done to a cluster of three, for how long, and how it is undone.
import type { NetCluster } from './net-cluster.ts'

export interface NetFault {
  readonly name: string
  /** Whom it is done to. */
  readonly victim: 'leader' | 'follower'
  /** How long it lasts at most; less if the victim is removed, and the faults are of those that end so. */
  readonly lastsMs: number
  readonly endsWithRemoval: boolean
  /** How long a process stood still: what it waited for ends so much later. */
  readonly stoppedMs?: number
  begin(cluster: NetCluster, victim: string): Promise<void>
  end(cluster: NetCluster, victim: string): Promise<void>
}

const heal = async ({ net }: NetCluster): Promise<void> => await net.heal()
const onHost = (cluster: NetCluster, victim: string): number => cluster.member(victim).host
const others = (cluster: NetCluster, victim: string): number[] =>
  [...cluster.running.values()].flatMap(({ name, host }) => (name === victim ? [] : [host]))

/** Short ones first. */
export const netFaults: readonly NetFault[] = [
  ...(['follower', 'leader'] as const).flatMap((victim): NetFault[] => [
    {
      name: `kill -9 of the ${victim}`,
      victim,
      lastsMs: 6_000,
      endsWithRemoval: true,
      begin: async (cluster, name) => await cluster.kill(name),
      end: async (cluster, name) => void (await cluster.restart(name)),
    },
    {
      name: `SIGSTOP of the ${victim}, then SIGCONT`,
      victim,
      lastsMs: 8_000,
      endsWithRemoval: true,
      stoppedMs: 8_000,
      begin: async (cluster, name) => cluster.member(name).signal('SIGSTOP'),
      end: async (cluster, name) => cluster.member(name).signal('SIGCONT'),
    },
    {
      name: `the ${victim} cut off both ways`,
      victim,
      lastsMs: 8_000,
      endsWithRemoval: true,
      begin: async (cluster, name) => await cluster.net.isolate(onHost(cluster, name)),
      end: heal,
    },
    {
      name: `nothing that the ${victim} sends arrives`,
      victim,
      lastsMs: 15_000,
      endsWithRemoval: true,
      async begin(cluster, name) {
        for (const other of others(cluster, name)) await cluster.net.cutWay(onHost(cluster, name), other)
      },
      end: heal,
    },
    {
      name: `nothing that is sent to the ${victim} arrives`,
      victim,
      lastsMs: 15_000,
      endsWithRemoval: true,
      async begin(cluster, name) {
        for (const other of others(cluster, name)) await cluster.net.cutWay(other, onHost(cluster, name))
      },
      end: heal,
    },
    {
      name: `one link of the ${victim} cut both ways`,
      victim,
      lastsMs: 15_000,
      endsWithRemoval: true,
      async begin(cluster, name) {
        const [other = 0] = others(cluster, name)
        await cluster.net.cut(onHost(cluster, name), other)
      },
      end: heal,
    },
    {
      name: `the cable of the ${victim} pulled`,
      victim,
      lastsMs: 8_000,
      endsWithRemoval: true,
      begin: async (cluster, name) => await cluster.net.pull(onHost(cluster, name)),
      end: async (cluster, name) => await cluster.net.plug(onHost(cluster, name)),
    },
    {
      name: `all connections of the ${victim} reset`,
      victim,
      lastsMs: 3_000,
      endsWithRemoval: false,
      async begin(cluster, name) {
        for (let time = 0; time < 5; time++) {
          await cluster.net.reset(onHost(cluster, name))
          await cluster.ear.pass(400)
        }
      },
      end: async () => {},
    },
  ]),
  {
    name: 'every node cut off from every other',
    victim: 'leader',
    lastsMs: 5_000,
    endsWithRemoval: false,
    async begin({ net }) {
      for (let host = 1; host < net.count; host++) await net.isolate(host)
    },
    end: heal,
  },
  {
    name: '30 % loss at each node',
    victim: 'leader',
    lastsMs: 10_000,
    endsWithRemoval: false,
    async begin({ net }) {
      for (let host = 1; host <= net.count; host++) await net.lose(host, 0.3)
    },
    end: heal,
  },
  {
    name: 'the link of the leader flapping',
    victim: 'leader',
    lastsMs: 1_000,
    endsWithRemoval: false,
    async begin(cluster, name) {
      for (let time = 0; time < 10; time++) {
        await cluster.net.isolate(onHost(cluster, name))
        await cluster.ear.pass(time % 2 === 0 ? 300 : 900)
        await cluster.net.heal()
        await cluster.ear.pass(400)
      }
    },
    end: heal,
  },
]
