// The suite `cluster`: actors in several processes that have proven to each other who they are, and what these agree on.
import { missingInside } from './cluster/inside.ts'
import type { Peer } from './workload.ts'
import type { Program, Suite } from './suite.ts'

/** Nobody else has what these measure. */
const oursAlone: readonly Peer[] = ['troupe']
const oursAndTls: readonly Peer[] = ['troupe', 'tls']
/** Of jobs whose one repetition is many rounds, or a start of many nodes. */
const longRunsMax = 3
/** Of losses: one repetition is ten of them. */
const lossRunsMax = 2

/** The goals are those of the budget for the cluster; docs/benchmarks.md has the reasons. */
export const cluster: Suite = {
  name: 'cluster',
  peers: ['troupe', 'limit', 'tls'],
  programs: [...tells(), ...talks(), ...agreements(), ...losses(), ...crowds()],
}

function tells(): Program[] {
  const goals = { '16': {}, '100': { min: 1_200_000 }, '1k': { min: 300_000 } }
  const small = (['16', '100', '1k'] as const).map((payload): Program => ({
    name: `tell-${payload}`,
    figures: [{ name: `tell-${payload}/msg`, unit: '/s', goal: goals[payload] }],
    warmUps: 2,
    load: async () => (await import('./cluster/tell.ts')).tell(payload),
  }))
  const large: Program = {
    name: 'tell-64k',
    figures: [{ name: 'tell-64k/MB', unit: 'MB/s', goal: { min: 700 } }],
    warmUps: 2,
    load: async () => (await import('./cluster/tell.ts')).tell('64k'),
  }
  return [...small, large]
}

function talks(): Program[] {
  return [
    {
      name: 'ask1',
      figures: [
        { name: 'ask1/p50', unit: 'µs', goal: { max: 200 } },
        { name: 'ask1/p99', unit: 'µs', goal: { max: 500 } },
      ],
      warmUps: 2,
      load: async () => (await import('./cluster/ask.ts')).ask1,
    },
    {
      name: 'ask64',
      figures: [{ name: 'ask64/ask', unit: '/s', goal: { min: 200_000 } }],
      warmUps: 2,
      load: async () => (await import('./cluster/ask.ts')).ask64,
    },
    {
      name: 'bulk',
      figures: [{ name: 'bulk/heartbeat-p50', unit: 'ms', goal: { max: 30 } }],
      warmUps: 0,
      load: async () => (await import('./cluster/bulk.ts')).bulk,
      peers: oursAlone,
      runsMax: longRunsMax,
      missing: missingInside,
    },
    {
      name: 'handshake',
      figures: [{ name: 'handshake/rate', unit: '/s', goal: { min: 180 } }],
      warmUps: 1,
      load: async () => (await import('./cluster/handshake.ts')).handshake,
      peers: oursAndTls,
    },
  ]
}

function agreements(): Program[] {
  return [
    {
      name: 'commit',
      figures: [
        { name: 'commit/rate', unit: '/s', goal: { min: 5_000 } },
        { name: 'commit/p50', unit: 'ms', goal: { max: 5 } },
      ],
      warmUps: 1,
      load: async () => (await import('./cluster/agree.ts')).commit,
      peers: oursAlone,
    },
    {
      name: 'claim',
      figures: [{ name: 'claim/rate', unit: '/s', goal: {} }],
      warmUps: 1,
      load: async () => (await import('./cluster/agree.ts')).claim,
      peers: oursAlone,
    },
  ]
}

function losses(): Program[] {
  const goals = { kill: [1_500, 2_500], stop: [3_000, 4_000], cut: [3_000, 4_000] } as const
  return (['kill', 'stop', 'cut'] as const).map((how): Program => ({
    name: how,
    figures: [
      { name: `${how}/removed-p95`, unit: 'ms', goal: { max: goals[how][0] } },
      { name: `${how}/serving-p95`, unit: 'ms', goal: { max: goals[how][1] } },
    ],
    warmUps: 0,
    load: async () => (await import('./cluster/losses.ts'))[how],
    peers: oursAlone,
    runsMax: lossRunsMax,
    missing: how === 'cut' ? missingInside : undefined,
  }))
}

function crowds(): Program[] {
  return [
    {
      name: 'fan-out',
      figures: [
        { name: 'fan-out/msg', unit: '/s', goal: {} },
        { name: 'peer/memory', unit: 'B', goal: {} },
      ],
      warmUps: 1,
      load: async () => (await import('./cluster/fan-out.ts')).fanOut,
      peers: oursAlone,
      runsMax: longRunsMax,
    },
    {
      name: 'hundred',
      figures: [
        { name: 'hundred/time', unit: 'ms', goal: { max: 10_000 } },
        { name: 'hundred/rss', unit: 'B', goal: { max: 2 ** 30 } },
      ],
      warmUps: 0,
      load: async () => (await import('./cluster/apart.ts')).hundred,
      peers: oursAlone,
      runsMax: longRunsMax,
    },
    {
      name: 'start',
      figures: [
        { name: 'start/ready', unit: 'ms', goal: { max: 600 } },
        { name: 'start/rss', unit: 'B', goal: { max: 160 * 2 ** 20 } },
      ],
      warmUps: 1,
      load: async () => (await import('./cluster/apart.ts')).start,
      peers: oursAlone,
    },
  ]
}
