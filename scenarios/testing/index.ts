// The front door of the test kit: what a test of a program that uses Troupe imports.
export { ManualClock } from './manual-clock.ts'
export { Probe } from './probe.ts'
export { startTestNode, TestNode } from './test-node.ts'
export type { ManualClockOptions } from './manual-clock.ts'
export type { ExpectOptions } from './probe.ts'
export type { ProbeMessage } from './taken-message.ts'
export type { TestNodeOptions } from './test-node.ts'
