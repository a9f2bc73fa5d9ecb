// Falls of the machine, by chance: whatever each leaves on the disk and in the index, actors recover what was acknowledged, and nothing else.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CrashDisk } from '../../../scenarios/testing/crash-disk.ts'
import { ManualClock, startTestNode } from '../../../scenarios/testing/index.ts'
import { MemoryTables } from '../../../scenarios/testing/memory-table.ts'
import { notebook } from './notebook.ts'
import { openJournal } from '../../../node/journal/open-journal.ts'
import { seededRandom } from '../../../runtime/random.ts'
import type { DiskJournal } from '../../../node/journal/disk-journal.ts'
import type { Said } from './notebook.ts'
import type { TestNode } from '../../../scenarios/testing/index.ts'

const runs = Number(process.env['TROUPE_RUNS'] ?? 100)
const seed = process.env['TROUPE_SEED']
/** States of the disk that are looked at after each fall. */
const statesPerFall = 6
const names = ['a', 'b', 'c'] as const

interface Machine {
  readonly disk: CrashDisk
  readonly tables: MemoryTables
}

function journalOn({ disk, tables }: Machine): Promise<DiskJournal> {
  return openJournal({
    disk,
    table: tables.open.bind(tables),
    folder: 'j',
    identity: { cluster: 'c', node: 'local' },
    clock: new ManualClock(),
    checkpointBytes: 300,
  })
}

const round = fc.record({
  /** How many messages, and to whom and of what kind by chance. */
  messages: fc.integer({ min: 1, max: 20 }),
  settles: fc.boolean(),
  lostBatches: fc.integer({ min: 0, max: 5 }),
})
const program = fc.record({
  rounds: fc.array(round, { minLength: 1, maxLength: 4 }),
  every: fc.integer({ min: 1, max: 8 }),
  seed: fc.integer(),
})

class Diarists {
  readonly said = new Map<string, Said>(names.map((name) => [name, { attempted: [], acknowledged: [] }]))
  readonly #every: number
  #last = 0

  constructor(every: number) {
    this.#every = every
  }

  async start(node: TestNode): Promise<void> {
    for (const name of names) await node.spawn(this.#definition(name), `n/${name}`)
  }

  tell(node: TestNode, random: ReturnType<typeof seededRandom>): void {
    const name = names[random.integer(names.length)] ?? 'a'
    const way = (['note', 'noteAll', 'noteLater'] as const)[random.integer(3)] ?? 'note'
    const count = 1 + random.integer(3)
    node.find(`n/${name}`)?.tell(
      way,
      Array.from({ length: count }, () => ++this.#last),
    )
  }

  /** What each has, in a node that begins with a journal. */
  async read(journal: DiskJournal): Promise<ReadonlyMap<string, readonly number[]>> {
    await using node = await startTestNode({ journal })
    const found = new Map<string, readonly number[]>()
    for (const name of names) {
      const ref = await node.spawn(
        notebook({ attempted: [], acknowledged: [] }, { every: 1_000 }),
        `n/${name}`,
      )
      found.set(name, await ref.ask('numbers'))
    }
    return found
  }

  #definition(name: string) {
    return notebook(this.said.get(name) ?? { attempted: [], acknowledged: [] }, { every: this.#every })
  }
}

function isSubsequence(of: readonly number[], part: readonly number[]): boolean {
  let at = 0
  for (const number of of) if (number === part[at]) at++
  return at === part.length
}

test('after each fall every state of the disk gives what was acknowledged, in order, and nothing else', async () => {
  let states = 0
  await fc.assert(
    fc.asyncProperty(program, async ({ rounds, every, seed: own }) => {
      const random = seededRandom(own)
      const diarists = new Diarists(every)
      let machine: Machine = { disk: new CrashDisk(), tables: new MemoryTables() }
      for (const { messages, settles, lostBatches } of rounds) {
        const node = await startTestNode({ journal: await journalOn(machine), seed: own })
        await diarists.start(node)
        for (let i = 0; i < messages; i++) {
          diarists.tell(node, random)
          if (random.integer(3) === 0) await Promise.resolve()
          if (random.integer(4) === 0) await node.settle()
        }
        if (settles) await node.settle()
        const atFall = machine.disk.clone()
        machine.disk.halt()
        const fallen = atFall.crashStates({ random, samples: statesPerFall })
        const safe = new Map(names.map((name) => [name, [...(diarists.said.get(name)?.acknowledged ?? [])]]))
        let next: CrashDisk | undefined
        let seen = 0
        for (const disk of fallen) {
          if (++seen > statesPerFall) break
          states++
          const tables = new MemoryTables()
          const found = await diarists.read(await journalOn({ disk: disk.clone(), tables }))
          for (const name of names) {
            const { attempted } = diarists.said.get(name) as Said
            const acknowledged = safe.get(name) ?? []
            const numbers = found.get(name) ?? []
            expect(isSubsequence(numbers, acknowledged), `${acknowledged.join()} in ${numbers.join()}`).toBe(
              true,
            )
            expect(isSubsequence(attempted, numbers), `${numbers.join()} of ${attempted.join()}`).toBe(true)
          }
          next = disk
        }
        machine.tables.crash((unsafe) => Math.min(unsafe, lostBatches))
        machine = { disk: next ?? machine.disk.clone(), tables: machine.tables }
        // Whoever goes on from this state knows of no other.
        const found = await diarists.read(
          await journalOn({ disk: machine.disk.clone(), tables: new MemoryTables() }),
        )
        for (const name of names) {
          const said = diarists.said.get(name) as Said
          said.acknowledged.splice(0, Infinity, ...(found.get(name) ?? []))
        }
      }
    }),
    { numRuns: runs, ...(seed === undefined ? {} : { seed: Number(seed) }) },
  )
  expect(states).toBeGreaterThan(runs)
}, 120_000)
