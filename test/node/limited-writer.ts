// A process that writes a file until it may not any more, and says what it has seen.
import { SystemDurableDisk } from '../../node/system-durable-disk.ts'
import { Fault } from '../../runtime/fault.ts'

const [path = ''] = process.argv.slice(2)
const file = await new SystemDurableDisk().open(path, 'create')
const counts: number[] = []
let fault: unknown
for (let offset = 0; fault === undefined && offset < 1_000_000; offset += counts.at(-1) ?? 0) {
  await file.write(new Uint8Array(40_000), offset).then(
    (count) => counts.push(count),
    (error: unknown) => (fault = error),
  )
}
const size = await file.size()
await file.close()
console.log(JSON.stringify({ counts, size, fault: Fault.is(fault) ? fault : String(fault) }))
