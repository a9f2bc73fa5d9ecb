// The workload `bulk`: how late a signal between two nodes is while large messages fill the link between them.
import { execFileSync } from 'node:child_process'
import { BenchCluster } from './bench-cluster.ts'
import { hold } from './cargo.ts'
import { inside } from './inside.ts'
import { quantile } from '../quantile.ts'
import type { Sample, Workload } from '../workload.ts'

export const bulk: Workload = { troupe: () => inside('bulk') }

/** Of one message, and how many are under way. */
const cargoBytes = 1_048_576
const places = 8
const durationMs = 4_000
const beatMs = 25
/** What of the link's rate must be used, or nothing was measured. */
const bytesPerSecondMin = 8e6
const timeoutMs = 60_000

/** In a network namespace of this process, whose loopback is a link of 200 Mbit/s. */
export async function measureBulk(): Promise<Sample> {
  for (const words of [
    'ip link set lo mtu 1500 up',
    'tc qdisc add dev lo root tbf rate 200mbit burst 64kb latency 20ms',
  ]) {
    const [program = '', ...rest] = words.split(' ')
    execFileSync(program, rest, { stdio: ['ignore', 'ignore', 'inherit'] })
  }
  const cluster = await BenchCluster.found()
  await cluster.join('b')
  const ref = await cluster.node.spawn(hold, { name: 'hold', place: { node: 'b' } })
  const cargo = new Uint8Array(cargoBytes).fill(7)
  const endMs = performance.now() + durationMs
  let taken = 0
  const loads = Array.from({ length: places }, async () => {
    while (performance.now() < endMs) {
      const size = await ref.ask('take', cargo, { timeoutMs })
      taken += size
    }
  })
  const startMs = performance.now()
  const beats = await beatsUntil(endMs, () => cluster.cluster.call(cluster.numberOf('b'), 'ping', null))
  await Promise.all(loads)
  const rate = (taken * 1_000) / (performance.now() - startMs)
  if (rate < bytesPerSecondMin)
    throw new Error(`the link carried ${Math.round(rate / 1e6)} MB/s only: it was not full`)
  return { 'bulk/heartbeat-p50': quantile(beats, 0.5) }
}

/** There and back on the lane of the signals, one after the other. */
async function beatsUntil(endMs: number, beat: () => Promise<unknown>): Promise<number[]> {
  const tookMs: number[] = []
  for (let sentMs = performance.now(); sentMs < endMs; sentMs = performance.now()) {
    await beat()
    tookMs.push(performance.now() - sentMs)
    await new Promise((resolve) => setTimeout(resolve, beatMs))
  }
  return tookMs
}
