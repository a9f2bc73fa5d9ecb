// The entry of a worker thread: what SystemThreads starts a worker with.
import { becomeThread } from './worker-inside.ts'

await becomeThread()
