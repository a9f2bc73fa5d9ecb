// The suite `journal`: durable actors, their commits and their recovery, beside LevelDB and a file without anything around them.
import type { Peer } from './workload.ts'
import type { Program, Suite } from './suite.ts'

/** Nobody else has what these measure. */
const oursAlone: readonly Peer[] = ['troupe']

const acknowledgements: Program = {
  name: 'ack-100-c64',
  figures: [
    { name: 'ack-100-c64/p50', unit: 'ms', goal: { maxOf: { 'classic-level': 1.5 } } },
    { name: 'ack-100-c64/p99', unit: 'ms', goal: { maxOf: { 'classic-level': 1.5 } } },
  ],
  warmUps: 2,
  load: async () => (await import('./journal/append.ts')).ack({ size: '100', writers: 64, each: 500 }),
}

const reliables: Program = {
  name: 'reliable',
  figures: [{ name: 'reliable/msg', unit: '/s', goal: { min: 50_000 } }],
  warmUps: 2,
  load: async () => (await import('./journal/reliable.ts')).reliable,
  peers: oursAlone,
}

const snapshots: Program = {
  name: 'snapshot',
  figures: [
    { name: 'snapshot/ratio', unit: 'ratio', goal: {} },
    { name: 'snapshot/recover', unit: 'ms', goal: {} },
  ],
  warmUps: 1,
  load: async () => (await import('./journal/snapshot.ts')).snapshot,
  peers: oursAlone,
}

/** The goals are those of the budget for the journal; docs/benchmarks.md has the reasons. */
export const journal: Suite = {
  name: 'journal',
  peers: ['troupe', 'classic-level', 'limit'],
  programs: [...appends(), acknowledgements, ...recoveries(), reliables, snapshots],
}

function appends(): Program[] {
  const shares = { minOf: { 'classic-level': 0.75 } }
  return (['100', '1k'] as const).flatMap((size) =>
    [
      { writers: 1, each: 1_000 },
      { writers: 64, each: 500 },
      { writers: 1_024, each: size === '100' ? 200 : 50 },
    ].map((manner): Program => {
      const name = `append-${size}-c${manner.writers}`
      return {
        name,
        figures: [{ name: `${name}/event`, unit: '/s', goal: shares }],
        warmUps: 2,
        load: async () => (await import('./journal/append.ts')).append({ size, ...manner }),
      }
    }),
  )
}

function recoveries(): Program[] {
  return [
    {
      name: 'replay-100',
      figures: [{ name: 'replay-100/event', unit: '/s', goal: { min: 400_000 } }],
      warmUps: 2,
      load: async () => (await import('./journal/replay.ts')).replay,
    },
    {
      name: 'recover-100k',
      figures: [
        { name: 'recover-100k/first', unit: 'ms', goal: { max: 1_000 } },
        { name: 'recover-100k/eager', unit: 'ms', goal: { max: 5_000 } },
      ],
      warmUps: 1,
      load: async () => (await import('./journal/recover.ts')).recover,
      peers: oursAlone,
    },
    {
      name: 'recover-100k-entities',
      figures: [
        { name: 'recover-100k-entities/first', unit: 'ms', goal: { max: 1_000 } },
        { name: 'recover-100k-entities/eager', unit: 'ms', goal: { max: 5_000 } },
      ],
      warmUps: 1,
      load: async () => (await import('./journal/recover.ts')).recoverEntities,
      peers: oursAlone,
    },
  ]
}
