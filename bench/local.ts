// The suite `local`: actors on one thread.
import type { Suite } from './suite.ts'

/** The goals are those of the kernel's budget; docs/benchmarks.md has the reasons. */
export const local: Suite = {
  name: 'local',
  peers: ['troupe', 'limit'],
  programs: [
    {
      name: 'tell',
      figures: [{ name: 'tell/msg', unit: '/s', goal: { min: 15e6, minOf: { limit: 0.4 } } }],
      warmUps: 3,
      load: async () => (await import('./local/tell.ts')).tell,
    },
    {
      name: 'ping-pong',
      figures: [{ name: 'ping-pong/roundtrip', unit: '/s', goal: { min: 5e6 } }],
      warmUps: 3,
      load: async () => (await import('./local/ping-pong.ts')).pingPong,
    },
    {
      name: 'ring',
      figures: [{ name: 'ring/hop', unit: '/s', goal: { min: 10e6 } }],
      warmUps: 3,
      load: async () => (await import('./local/ring.ts')).ring,
    },
    {
      name: 'big',
      figures: [{ name: 'big/msg', unit: '/s', goal: { min: 10e6 } }],
      warmUps: 3,
      load: async () => (await import('./local/big.ts')).big,
    },
    {
      name: 'ask1',
      figures: [{ name: 'ask1/ask', unit: '/s', goal: { min: 1.5e6 } }],
      warmUps: 3,
      load: async () => (await import('./local/ask.ts')).ask1,
    },
    {
      name: 'ask64',
      figures: [{ name: 'ask64/ask', unit: '/s', goal: { min: 2e6 } }],
      warmUps: 3,
      load: async () => (await import('./local/ask.ts')).ask64,
    },
    {
      name: 'spawn',
      figures: [{ name: 'spawn/actor', unit: '/s', goal: { min: 1.5e6 } }],
      warmUps: 2,
      load: async () => (await import('./local/spawn.ts')).spawn,
    },
    {
      name: 'idle',
      figures: [
        { name: 'idle/heap', unit: 'B', goal: { max: 400 } },
        { name: 'spawn/alive', unit: '/s', goal: {} },
      ],
      warmUps: 1,
      load: async () => (await import('./local/idle.ts')).idle,
    },
    {
      name: 'skynet',
      figures: [{ name: 'skynet/time', unit: 'ms', goal: { max: 1_200 } }],
      warmUps: 2,
      load: async () => (await import('./local/skynet.ts')).skynet,
    },
    {
      name: 'restart',
      figures: [{ name: 'restart/restart', unit: '/s', goal: { min: 160_000 } }],
      warmUps: 3,
      load: async () => (await import('./local/restart.ts')).restart,
    },
    {
      name: 'fairness',
      figures: [
        { name: 'fairness/echo-p50', unit: 'ms', goal: { max: 0.8 } },
        { name: 'fairness/echo-p99', unit: 'ms', goal: { max: 2 } },
        { name: 'fairness/timer-p99', unit: 'ms', goal: { max: 1 } },
        { name: 'fairness/quiet-p99', unit: 'ms', goal: { max: 1 } },
      ],
      warmUps: 1,
      load: async () => (await import('./local/fairness.ts')).fairness,
    },
  ],
}
