// The workload `fan-in`: an actor in each thread tells the same one in the main thread.
import { BareSink, role } from './bare-roles.ts'
import { BareThreads } from './bare-threads.ts'
import { Clerk } from './clerk.ts'
import { openLink } from './bare-ends.ts'
import { payloads, sumOf } from './payload.ts'
import { sink as sinkDefinition, source as sourceDefinition } from './actors.ts'
import { startThreadedNode } from './troupe-node.ts'
import { perSecond } from '../workload.ts'
import type { BarePeer } from './bare-ends.ts'
import type { Link } from './link.ts'
import type { Repetition, Workload } from '../workload.ts'

const payload = '100'
const threadNumbers = [1, 2]
/** Of each source. */
const messages = payloads[payload].messages / threadNumbers.length

export const fanIn: Workload = {
  troupe,
  limit: () => bare('limit'),
  postmessage: () => bare('postmessage'),
}

async function troupe(): Promise<Repetition> {
  const node = await startThreadedNode(threadNumbers.length)
  const clerk = await Clerk.at(node)
  const sink = await node.spawn(sinkDefinition, { name: 'sink', place: 'main' })
  const sources = await Promise.all(
    threadNumbers.map((thread) =>
      node.spawn(sourceDefinition, { name: `source-${thread}`, place: { thread } }),
    ),
  )
  return repetition(async () => {
    await sink.ask('begin', {
      payload,
      messages: messages * sources.length,
      sources,
      clerk: clerk.ref,
    })
    const told = clerk.told(1)
    for (const source of sources) source.tell('start', { payload, messages, sink })
    const [sum = 0] = await told
    return sum
  })
}

async function bare(peer: BarePeer): Promise<Repetition> {
  const threads = new BareThreads(peer, threadNumbers.length)
  const links: Link[] = []
  let sink: BareSink | undefined
  for (const thread of threadNumbers) {
    const link = openLink(await threads.meet(thread))
    link.listen((to, _kind, told) => {
      if (to === role.sink) sink?.hear(0, told)
    })
    links.push(link)
  }
  return repetition(() => {
    sink = new BareSink(payload, messages * links.length, links)
    for (const thread of threadNumbers) {
      void threads.order(thread, { name: 'source', to: 0, payload, messages })
    }
    return sink.counted()
  })
}

/** @param run resolves with the sum of what the sink has read */
function repetition(run: () => Promise<number>): Repetition {
  const expected = sumOf(payloads[payload], messages) * threadNumbers.length
  return async () => {
    const startMs = performance.now()
    const sum = await run()
    const figure = perSecond(messages * threadNumbers.length, startMs)
    if (sum !== expected) throw new Error(`the sink has read ${sum} in all, not ${expected}`)
    return { 'fan-in/msg': figure }
  }
}
