// A teller: a process that transfers money between purses until somebody kills it; it says `gave` for each transfer.
import { startNode } from 'troupe'
import { purse } from './purse.ts'

const [folder = '', seed = '1'] = process.argv.slice(2)
const count = 20

const node = await startNode({ name: 'bank', journal: folder })
const purses = Array.from({ length: count }, (_, i) => node.entity(purse, `p${i}`))

// A sequence of its own for each life, so that a run can be repeated.
let chance = Number(seed)
const draw = (limit: number): number => {
  chance = (chance * 48_271) % 2_147_483_647
  return chance % limit
}

await Promise.all(
  purses.map(async (from, i) => {
    for (;;) {
      const to = purses[(i + 1 + draw(count - 1)) % count] ?? from
      if (await from.ask('give', { to, amount: 1 + draw(50) })) process.stdout.write('gave\n')
    }
  }),
)
