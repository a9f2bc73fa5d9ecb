// The bank scenario: a process that transfers money is killed again and again in the middle of it, and the sum never changes.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { startNode } from 'troupe'
import { purse, startBalance } from './purse.ts'
import type { RecordedEvent } from 'troupe'

const kills = 4
const transfersEach = 300
const folder = mkdtempSync(join(tmpdir(), 'troupe-bank-'))
const teller = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? 'teller.ts' : 'teller.js', import.meta.url),
)

for (let life = 1; life <= kills; life++) {
  const child = spawn(process.execPath, [...process.execArgv, teller, folder, String(life)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let given = 0
  for await (const line of createInterface(child.stdout))
    if (line === 'gave' && ++given === transfersEach) child.kill('SIGKILL')
  console.log(`killed after ${transfersEach} transfers`)
}

const node = await startNode({ name: 'bank', journal: folder })
// Whoever has money on its way is woken, and it arrives.
node.entities(purse)
const book = await node.project({
  name: 'book',
  definition: purse,
  state: () => ({ paid: 0, received: 0, purses: new Set<string>() }),
  on: {
    paid(state, { actor, payload }: RecordedEvent<number>) {
      state.paid += payload
      state.purses.add(actor)
    },
    received(state, { actor, payload }: RecordedEvent<number>) {
      state.received += payload
      state.purses.add(actor)
    },
  },
})
await book.reached()
while (book.state.paid !== book.state.received) await book.reached(book.position + 1)
const keys = [...book.state.purses].map((path) => path.slice('purse/'.length))
const balances = await Promise.all(keys.map((key) => node.entity(purse, key).ask('balance')))
const sum = balances.reduce((all, balance) => all + balance, 0)
await node.stop()
rmSync(folder, { recursive: true })
console.log(`${keys.length} purses hold ${sum} of ${keys.length * startBalance}`)
