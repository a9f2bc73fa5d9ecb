// The programs that were found: by chance, shrunk, each of which once broke a promise between threads.
import type { Program } from './program.ts'

/** One of them. */
export interface Found {
  readonly name: string
  readonly world: Omit<Program, 'steps' | 'dooms'>
  /** One step in each line: `tell work b 1 spawn` tells `b` the message `work`, which makes it spawn; 1 ms is for asks and offers. */
  readonly steps: string
}

export const found: readonly Found[] = [
  {
    name: 'an ask that closes a cycle in another thread and has expired by then is counted as late',
    world: {
      seed: 0,
      delaysMs: [1],
      restarts: ['permanent', 'permanent', 'permanent', 'permanent'],
      slots: [0, 0, 0, 0],
    },
    steps: `
      move a 1
      tell work c 1 ask work a 1 tell work a 1 watch a
      tell work c 1 ask work d 10 ask work c 1 fault
      move a 0
      tell work a 1 tell work a 1 tell work a 1 note
      tell work a 1 tell work a 1 tell work a 1 note
      tell work a 1 tell work a 1 tell work a 1 wait 0
      move c 1
      settle
      spawn a
      tell work a 1 tell work a 1 note
      move a 0
      tell work a 1 tell work a 1 watch a
`,
  },
  {
    name: 'a root that ends while what was sent to it is on its way back leaves nothing held',
    world: {
      seed: 0,
      delaysMs: [0],
      restarts: ['permanent', 'transient', 'permanent', 'permanent'],
      slots: [0, 2, 0, 0],
    },
    steps: `
      move b 0
      spawn a
      tell work b 1 ask work a 1 tell work a 1 note
      stop b
      move b 2
      tell work a 1 tell work a 1 watch a
      watch a
      tell work a 1 kill a
      tell work a 1 note
      tell work a 1 note
      watch a
      move a 0
      tell work a 1 tell work a 1 tell work a 1 note
      tell work a 1 tell work a 1 fault
      advance 0
`,
  },
  {
    name: 'a watch that was to be reported by a thread that is lost is told all the same',
    world: {
      seed: 0,
      delaysMs: [0],
      restarts: ['permanent', 'permanent', 'temporary', 'permanent'],
      slots: [0, 0, 0, 0],
    },
    steps: `
      move c 1
      tell work a 1 kill c
      tell work a 1 tell work a 1 tell work a 1 wait 0
      tell work a 1 tell work a 1 note
      tell work a 1 tell work a 1 tell work a 1 fault
      watch c
      tell work a 1 watch a
      tell work a 1 tell work a 1 tell work a 1 note
      tell work a 1 tell work a 1 pause 0
      tell work a 1 wait 0
      tell work a 1 wait 0
      lose 1
      tell work a 1 tell work a 1 note
      advance 0
      advance 0
      tell work a 1 watch a
      tell work a 1 tell work a 1 wait 0
      tell work a 1 tell work a 1 tell work a 1 watch a
      move a 0
      tell work a 1 fault
      settle
      move a 0
`,
  },
  {
    name: 'an answer that names a thread that has just been lost is asked for again',
    world: {
      seed: 0,
      delaysMs: [0],
      restarts: ['permanent', 'permanent', 'permanent', 'permanent'],
      slots: [0, 2, 1, 1],
    },
    steps: `
      tell work d 1 tell work a 1 tell work a 1 fault
      tell work c 1 tell work b 1 watch a
      watch a
      move a 0
      tell work a 1 tell work a 1 note
      move c 0
      lose 2
      tell work a 1 pause 0
      tell work a 1 pause 0
      tell work a 1 tell work a 1 fault
      tell work a 1 watch a
      freeze 2
      tell work a 1 tell work a 1 wait 0
      settle
      move a 0
      tell work a 1 note
      tell work a 1 tell work a 1 watch a
`,
  },
  {
    name: 'a spawn whose answer is lost with its thread leaves no second actor of that name behind',
    world: {
      seed: 0,
      delaysMs: [1, 0, 0],
      restarts: ['permanent', 'permanent', 'permanent', 'permanent'],
      slots: [0, 2, 1, 0],
    },
    steps: `
      lose 1
      tell work a 1 tell work a 1 kill a
      tell work a 1 kill a
      tell work a 1 tell work a 1 watch a
      move a 0
      watch a
      tell work a 1 tell work a 1 watch a
      spawn c
      settle
      move a 0
      spawn a
      tell work a 1 pause 0
      tell work a 1 tell work a 1 tell work a 1 fault
      settle
      tell work a 1 tell work a 1 note
      move a 0
      settle
      tell work a 1 tell work a 1 tell work a 1 note
`,
  },
  {
    name: 'a message that waits for a root that ends at once becomes one dead letter',
    world: {
      seed: 0,
      delaysMs: [0],
      restarts: ['temporary', 'permanent', 'permanent', 'permanent'],
      slots: [1, 0, 0, 0],
    },
    steps: `
      move a 0
      kill a
      tell work a/kid 1 kill a
      tell work a 1 tell work a 1 tell work a 1 note
      move a 0
      move a 0
      watch a
      spawn a
      tell work a 1 pause 0
      tell work a 1 wait 0
      advance 0
      tell work a 1 tell work a 1 fault
      settle
`,
  },
  {
    name: 'a root that is killed while it is about to move is not captured in the middle of its end',
    world: {
      seed: 0,
      delaysMs: [0],
      restarts: ['temporary', 'permanent', 'permanent', 'permanent'],
      slots: [0, 0, 1, 0],
    },
    steps: `
      tell work a 1 tell work a 1 spawn
      tell work a/kid 1 ask work a 1 note
      move a 1
      kill a
      move d 1
      move b 1
      settle
      tell work a 1 note
      move a 0
      advance 0
      tell work a 1 note
      tell work a 1 watch a
      tell work a 1 tell work a 1 tell work a 1 note
      tell work a 1 tell work a 1 note
      tell work a 1 note
`,
  },
  {
    name: 'whoever begins to watch a child that has just come hears nothing of the time before',
    world: {
      seed: 0,
      delaysMs: [3],
      restarts: ['permanent', 'permanent', 'permanent', 'permanent'],
      slots: [0, 0, 0, 0],
    },
    steps: `
      move a 1
      watch a/kid
      tell work a 1 spawn
      advance 10
      watch a/kid
      tell work a 1 note
      spawn a
      move a 0
      advance 0
      tell work a 1 tell work a 1 wait 0
      move a 0
      watch a
      watch a
      tell work a 1 tell work a 1 wait 0
      move a 0
`,
  },
  {
    name: 'a root that fails while it is about to move is not captured in the middle of its end',
    world: {
      seed: 0,
      delaysMs: [0],
      restarts: ['permanent', 'permanent', 'permanent', 'temporary'],
      slots: [0, 0, 0, 1],
    },
    steps: `
      move a 1
      tell work d 1 aside
      tell work a 1 tell work c 1 note
      move a 0
      tell work a 1 note
      tell work a 1 tell work a 1 tell work a 1 watch a
      tell work a 1 tell work a 1 tell work a 1 watch a
      tell work a 1 fault
      move a 0
      tell work a 1 tell workAsync d 1 crash
      tell work a 1 tell work a 1 note
      move d 0
      move a 0
      tell work a 1 note
      move a 0
      move a 0
      watch a
      move a 0
      move a 0
      tell work a 1 tell work a 1 fault
      tell work a 1 watch a
      move a 0
`,
  },
  {
    name: 'messages for a child and for its root take the same way, whichever was asked for first',
    world: {
      seed: 0,
      delaysMs: [0],
      restarts: ['temporary', 'permanent', 'permanent', 'permanent'],
      slots: [2, 0, 0, 0],
    },
    steps: `
      tell work a 1 crash
      settle
      spawn a
      tell work a/kid 1 note
      tell work a 1 fault
      move a 1
      move a 0
      tell work a 1 become on
      move a 0
      tell work a 1 tell work a 1 tell work a 1 note
      tell work a 1 tell work a 1 wait 0
      tell work a 1 watch a
      move a 0
      tell work a 1 tell work a 1 note
    `,
  },
  {
    name: 'a root that ends in its new home before the move is known is forgotten',
    world: {
      seed: 0,
      delaysMs: [3],
      restarts: ['permanent', 'permanent', 'transient', 'permanent'],
      slots: [0, 0, 1, 0],
    },
    steps: `
      advance 100
      stop c
      move c 0
      tell work a 1 tell work a 1 tell work a 1 note
      move a 0
      tell work a 1 tell work a 1 note
      tell work a 1 note
      settle
    `,
  },
  {
    name: 'a watch below a root whose spawn is lost with its thread has an end',
    world: {
      seed: 0,
      delaysMs: [0, 0, 3],
      restarts: ['permanent', 'permanent', 'permanent', 'permanent'],
      slots: [0, 1, 0, 0],
    },
    steps: `
      watch b/kid
      move a 0
      lose 1
      tell work a 1 note
      tell work a 1 tell work a 1 pause 0
      move a 0
      advance 0
      watch a
      move a 0
      settle
      move a 0
    `,
  },
  {
    name: 'what the program sends to one that comes back waits for what it has sent by the old way',
    world: {
      seed: 0,
      delaysMs: [0],
      restarts: ['permanent', 'permanent', 'permanent', 'permanent'],
      slots: [0, 0, 2, 0],
    },
    steps: `
      tell work c 1 tell work a 1 tell work a 1 watch a
      move c 1
      settle
      move c 2
      tell work c 1 watch a
      tell work a 1 tell work a 1 tell work a 1 crash
      move a 0
      tell work a 1 tell work a 1 tell work a 1 note
      move a 0
      tell work c 1 tell work a 1 note
      tell work a 1 tell work a 1 note
      advance 0
      tell work a 1 tell work a 1 note
      tell work a 1 note
      tell work a 1 fault
    `,
  },
  {
    name: 'what an actor sends to one that comes back waits for what it has sent by the old way',
    world: {
      seed: 0,
      delaysMs: [0],
      restarts: ['permanent', 'permanent', 'permanent', 'permanent'],
      slots: [0, 0, 0, 0],
    },
    steps: `
      move c 1
      advance 0
      move c 2
      advance 0
      tell work a 1 kill a
      tell work a 1 tell work a 1 tell work a 1 watch a
      move c 1
      tell work a 1 tell work c 1 tell work a 1 note
      tell work a 1 fault
      tell work a 1 tell work a 1 fault
      tell work a 1 tell work a 1 become on
      tell work a 1 tell work c 1 fault
      tell work a 1 tell work a 1 wait 0
      tell work a 1 wait 0
      settle
      settle
      tell work a 1 tell work a 1 kill a
    `,
  },
]
