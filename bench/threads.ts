// The suite `threads`: actors in several threads of one node, and their moves between them.
import type { Peer } from './workload.ts'
import type { Program, Suite } from './suite.ts'

/** Nobody else has what these measure. */
const oursAlone: readonly Peer[] = ['troupe']
const oursAndLimit: readonly Peer[] = ['troupe', 'limit']

/** The goals are those of the budget for threads; docs/benchmarks.md has the reasons. */
export const threads: Suite = {
  name: 'threads',
  peers: ['troupe', 'limit', 'postmessage'],
  programs: [...tells(), ...talks(), ...moves(), ...lives()],
}

function tells(): Program[] {
  return [
    {
      name: 'tell-16',
      figures: [{ name: 'tell-16/msg', unit: '/s', goal: { minOf: { limit: 0.6 } } }],
      warmUps: 2,
      load: async () => (await import('./threads/tell.ts')).tell('16'),
    },
    {
      name: 'tell-100',
      figures: [{ name: 'tell-100/msg', unit: '/s', goal: { min: 1.5e6, minOf: { limit: 0.6 } } }],
      warmUps: 2,
      load: async () => (await import('./threads/tell.ts')).tell('100'),
    },
    {
      name: 'tell-1k',
      figures: [{ name: 'tell-1k/msg', unit: '/s', goal: { minOf: { limit: 0.6 } } }],
      warmUps: 2,
      load: async () => (await import('./threads/tell.ts')).tell('1k'),
    },
    {
      name: 'tell-64k',
      figures: [{ name: 'tell-64k/msg', unit: '/s', goal: { minOf: { limit: 0.6 } } }],
      warmUps: 2,
      load: async () => (await import('./threads/tell.ts')).tell('64k'),
    },
  ]
}

function talks(): Program[] {
  return [
    {
      name: 'fan-in',
      figures: [{ name: 'fan-in/msg', unit: '/s', goal: {} }],
      warmUps: 2,
      load: async () => (await import('./threads/fan-in.ts')).fanIn,
    },
    {
      name: 'ask1',
      figures: [
        { name: 'ask1/p50', unit: 'µs', goal: { max: 10 } },
        { name: 'ask1/p99', unit: 'µs', goal: { max: 150 } },
      ],
      warmUps: 2,
      load: async () => (await import('./threads/ask.ts')).ask1,
    },
    {
      name: 'ask64',
      figures: [{ name: 'ask64/ask', unit: '/s', goal: { min: 600_000 } }],
      warmUps: 2,
      load: async () => (await import('./threads/ask.ts')).ask64,
    },
    {
      name: 'scaling',
      figures: [{ name: 'scaling/ratio', unit: 'ratio', goal: { min: 1.85 } }],
      warmUps: 1,
      load: async () => (await import('./threads/scaling.ts')).scaling,
      peers: oursAndLimit,
    },
  ]
}

function moves(): Program[] {
  return [
    {
      name: 'move-1k',
      figures: [
        { name: 'move-1k/p50', unit: 'ms', goal: { max: 0.3 } },
        { name: 'move-1k/p99', unit: 'ms', goal: { max: 2 } },
      ],
      warmUps: 2,
      load: async () => (await import('./threads/move.ts')).move('1k'),
      peers: oursAlone,
    },
    {
      name: 'move-64k',
      figures: [
        { name: 'move-64k/p50', unit: 'ms', goal: { max: 0.5 } },
        { name: 'move-64k/p99', unit: 'ms', goal: { max: 3 } },
      ],
      warmUps: 2,
      load: async () => (await import('./threads/move.ts')).move('64k'),
      peers: oursAlone,
    },
    {
      name: 'move-1m',
      figures: [
        { name: 'move-1m/p50', unit: 'ms', goal: { max: 5 } },
        { name: 'move-1m/p99', unit: 'ms', goal: { max: 15 } },
      ],
      warmUps: 2,
      load: async () => (await import('./threads/move.ts')).move('1m'),
      peers: oursAlone,
    },
    {
      name: 'moves',
      figures: [{ name: 'moves/move', unit: '/s', goal: { min: 20_000 } }],
      warmUps: 2,
      load: async () => (await import('./threads/moves.ts')).moves,
      peers: oursAlone,
    },
    {
      name: 'moves-10k',
      figures: [{ name: 'moves-10k/time', unit: 'ms', goal: {} }],
      warmUps: 1,
      load: async () => (await import('./threads/moves.ts')).moves10k,
      peers: oursAlone,
    },
  ]
}

function lives(): Program[] {
  return [
    {
      name: 'replace-blocked',
      figures: [{ name: 'replace-blocked/time', unit: 'ms', goal: { max: 2_000 } }],
      warmUps: 1,
      load: async () => (await import('./threads/replace.ts')).replaceBlocked,
      peers: oursAlone,
    },
    {
      name: 'replace-crashed',
      figures: [{ name: 'replace-crashed/time', unit: 'ms', goal: { max: 300 } }],
      warmUps: 1,
      load: async () => (await import('./threads/replace.ts')).replaceCrashed,
      peers: oursAndLimit,
    },
    {
      name: 'thread',
      figures: [
        { name: 'thread/ready', unit: 'ms', goal: { max: 80 } },
        { name: 'thread/rss', unit: 'B', goal: { max: 20 * 2 ** 20 } },
      ],
      warmUps: 1,
      load: async () => (await import('./threads/thread.ts')).thread,
      peers: oursAndLimit,
    },
    {
      name: 'idle',
      figures: [{ name: 'idle/cpu', unit: '%', goal: { max: 0.5 } }],
      warmUps: 1,
      load: async () => (await import('./threads/idle.ts')).idle,
      peers: oursAndLimit,
    },
  ]
}
