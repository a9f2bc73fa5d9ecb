// A module that no worker thread of a node can load.
import { workerData } from 'node:worker_threads'
import { defineActor } from 'troupe'

/** What such a thread is started with, and no worker of a test runner. */
const { request } = Object(workerData) as { readonly request?: unknown }

if (request !== undefined) throw new Error('not in this thread')

export const stubborn = defineActor('stubborn', { on: { hello: () => 'hello' } })
