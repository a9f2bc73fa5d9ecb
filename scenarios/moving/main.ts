// The moving scenario: a tally moves from thread to thread while actors in all of them send to it, and every message counts once.
import { startNode } from 'troupe'
import { sender, tally } from './tally.ts'

const messagesEach = 20_000

await using node = await startNode({ threads: 2, load: [new URL('tally.ts', import.meta.url).href] })
const to = await node.spawn(tally, { name: 'tally', place: { thread: 1 } })
const senders = await Promise.all(
  [0, 1, 2].map((thread) => node.spawn(sender, { name: `sender-${thread}`, place: { thread } }, to)),
)

let isSending = true
const sending = Promise.all(senders.map((ref) => ref.ask('send', messagesEach, { timeoutMs: 60_000 })))
const ended = sending.finally(() => (isSending = false))
let moves = 0
for (; isSending; moves++) await node.move(to, { thread: (moves + 2) % 3 })

const sent = (await ended).reduce((sum, count) => sum + count, 0)
const { counted, flaws } = await to.ask('sum')
console.log(`${moves} moves`)
console.log(`${sent} sent, ${counted} counted, ${flaws} twice, missing or out of order`)
