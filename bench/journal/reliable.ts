// The workload `reliable`: durable actors tell others reliably; each message is written down twice, by who sends and by who handles it.
import { defineActor, startNode } from 'troupe'
import { Gate } from '../gate.ts'
import { keepAll } from './writers.ts'
import { Notes } from './note.ts'
import { perSecond } from '../workload.ts'
import { temporaryFolder } from './folder.ts'
import { timeoutMs } from './notebook.ts'
import type { Ref } from 'troupe'
import type { Note } from './note.ts'
import type { Repetition, Workload } from '../workload.ts'

/** Those who send, each to a receiver of its own. */
const pairs = 1_024
const messagesOfEach = 50

export const reliable: Workload = { troupe }

type Receiver = { take(note: Note): Promise<void> }

async function troupe(): Promise<Repetition> {
  const all = pairs * messagesOfEach
  const done = new Gate()
  let taken = 0
  const receiver = receiverWith(() => {
    if (++taken % all === 0) done.open()
  })
  const node = await startNode({ journal: temporaryFolder() })
  const notes = new Notes('100')
  const refs = await Promise.all(
    Array.from({ length: pairs }, async (_, index) => {
      const to = await node.spawn(receiver, `receiver/${index}`)
      return await node.spawn(sender, `sender/${index}`, to)
    }),
  )
  return async () => {
    const startMs = performance.now()
    const end = done.opened()
    await keepAll(pairs, messagesOfEach, (writer, seq) => {
      // There is a ref for each sender.
      const ref = refs[writer] as (typeof refs)[number]
      return ref.ask('send', notes.make(writer * messagesOfEach + seq), { timeoutMs })
    })
    await end
    return { 'reliable/msg': perSecond(all, startMs) }
  }
}

/** Its reply says that the message is written down and will arrive. */
const sender = defineActor('sender', {
  state: (to: Ref<Receiver>) => ({ to, count: 0 }),
  events: {
    sent(state) {
      state.count++
    },
  },
  on: {
    async send(self, note: Note) {
      self.state.to.tell('take', note, { reliable: true })
      await self.persist('sent')
    },
  },
})

function receiverWith(onTaken: () => void) {
  return defineActor('receiver', {
    state: () => ({ count: 0 }),
    events: {
      noted(state, _note: Note) {
        state.count++
      },
    },
    on: {
      async take(self, note: Note) {
        await self.persist('noted', note)
        onTaken()
      },
    },
  })
}
