// A process that writes diaries until it is killed: it tells what it has recovered, then each number once that is safe.
import { startNode } from 'troupe'
import type { diary } from './diary.ts'

const [folder = '', threads = '0', writers = '16'] = process.argv.slice(2)

const node = await startNode({
  journal: folder,
  threads: Number(threads),
  load: [new URL('diary.ts', import.meta.url).href],
})
const definition = node.definitions.get('diary') as unknown as typeof diary
const refs = await Promise.all(
  Array.from({ length: Number(writers) }, (_, i) => node.spawn(definition, `diary/${i}`)),
)
const read = await Promise.all(refs.map((ref) => ref.ask('read')))
console.log(`recovered ${JSON.stringify(read)}`)
await Promise.all(
  refs.map(async (ref, i) => {
    for (;;) process.stdout.write(`${i} ${await ref.ask('note')}\n`)
  }),
)
