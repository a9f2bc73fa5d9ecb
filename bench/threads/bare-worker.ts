// The least that a thread can be: a worker that says it is there and then waits, with no module of its own.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

const program = `
  const { parentPort } = require('node:worker_threads')
  parentPort.on('message', () => {})
  parentPort.postMessage('ready')
`

/** Resolves once it is ready; the process ends it. */
export async function startBareWorker(): Promise<void> {
  await once(new Worker(program, { eval: true }), 'message')
}
