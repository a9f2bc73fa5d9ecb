// A program: brings as many mutated frames and words to a node as it is told (a million), and prints what became of it.
import { fuzzNode } from './fuzz.ts'

const frames = Number(process.argv[2] ?? 1_000_000)
const seed = Number(process.argv[3] ?? 1)
/** One node meets so many; then another one. */
const chunk = 100_000
let [stalls, slowestMs, cuts, words, thrown] = [0, 0, 0, 0, 0]
for (let done = 0; done < frames; done += chunk) {
  const count = Math.min(chunk, frames - done)
  const report = await fuzzNode({
    seed: seed * 1_000 + done / chunk,
    frames: count,
    lookMs: cpuMs,
    heapBytes,
  })
  stalls += report.stalls
  cuts += report.cuts
  words += report.words
  thrown += report.thrown.length
  slowestMs = Math.max(slowestMs, report.slowestMs)
  const grown = (report.grownBytes / 2 ** 20).toFixed(1)
  const heap = (heapBytes() / 2 ** 20).toFixed(1)
  console.log(
    `${done + count} frames, ${words} words, ${cuts} cuts, ${thrown} thrown, heap ${heap} MiB after ${grown} MiB of growth, slowest ${slowestMs.toFixed(2)} ms, ${stalls} stalls`,
  )
  for (const one of report.thrown.slice(0, 3)) console.log(one)
  if (report.answer !== 'number') throw new Error('The node does not answer any more')
}

function heapBytes(): number {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** Of this thread: what other programs take of the machine is no stall. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}
