// The workload `thread`: how soon a thread is of use, and what it weighs; each repetition in a process of its own.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Peer, Repetition, Workload } from '../workload.ts'
import type { ThreadCost } from './newcomer.ts'

export const thread: Workload = { troupe: () => newcomer('troupe'), limit: () => newcomer('limit') }

async function newcomer(peer: Peer): Promise<Repetition> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const entry = fileURLToPath(new URL(`./newcomer.${extension}`, import.meta.url))
  return async () => {
    const child = fork(entry, [peer])
    const message = once(child, 'message') as Promise<[ThreadCost]>
    const exit = once(child, 'exit')
    const broken = exit.then(([code]) => {
      throw new Error(`the newcomer of ${peer} ended with code ${code}`)
    })
    const [{ readyMs, rssBytes }] = await Promise.race([message, broken])
    await exit
    return { 'thread/ready': readyMs, 'thread/rss': rssBytes }
  }
}
