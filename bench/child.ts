// The child of a race: one peer of one program, which does a repetition whenever its parent says so.
import { suites } from './suites.ts'
import { peers } from './workload.ts'

const [suiteName = '', programName = '', peerName = ''] = process.argv.slice(2)
const program = suites[suiteName]?.programs.find(({ name }) => name === programName)
const peer = peers.find((name) => name === peerName)
if (program === undefined || peer === undefined) throw new Error('start this file through run.ts')

process.once('disconnect', () => process.exit())
// What it has made, folders and processes, goes when it exits; a signal alone would leave that behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
const workload = await program.load()
const makeReady = workload[peer]
if (makeReady === undefined) throw new Error(`"${programName}" does not say what ${peer} does`)
const repeat = await makeReady()

// Garbage is not collected in between: that would shrink the heap each time, and make every repetition pay for its growth.
process.on('message', () => {
  void repeat().then((sample) => process.send?.(sample))
})
