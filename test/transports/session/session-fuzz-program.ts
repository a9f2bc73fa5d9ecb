// A program: brings as many mutated units to sessions as it is told (a million), and prints what became of them.
import { fuzzSession } from './session-fuzz.ts'

const units = Number(process.argv[2] ?? 1_000_000)
const seed = Number(process.argv[3] ?? 1)
const chunk = 50_000
const reasons: Record<string, number> = {}
let [streams, frames, slowestMs] = [0, 0, 0]
for (let done = 0; done < units; done += chunk) {
  const report = fuzzSession(seed * 1_000 + done / chunk, Math.min(chunk, units - done), cpuMs)
  streams += report.streams
  frames += report.frames
  slowestMs = Math.max(slowestMs, report.slowestMs)
  for (const [reason, count] of Object.entries(report.reasons))
    reasons[reason] = (reasons[reason] ?? 0) + count
  globalThis.gc?.()
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage()
  const [heap, buffers, all] = [heapUsed, arrayBuffers, rss].map((bytes) => (bytes / 2 ** 20).toFixed(1))
  console.log(
    `${done + chunk} units, heap ${heap} MiB, buffers ${buffers} MiB, resident ${all} MiB, slowest ${slowestMs.toFixed(2)} ms`,
  )
}
console.log(`${streams} streams, ${frames} frames handed over, given up for:`, reasons)

/** Of this thread: what other programs take of the machine is no stall. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}
