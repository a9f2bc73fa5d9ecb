// Persisting, by chance: whatever fails and whoever dies, what was acknowledged is recovered, in order, and nothing that was not attempted.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Fault } from '../../../index.ts'
import { keeper, notebook } from './notebook.ts'
import { ManualClock, startTestNode } from '../../../scenarios/testing/index.ts'
import { MemoryJournal } from '../../../node/journal/memory-journal.ts'
import type { Ref } from '../../../index.ts'
import type { Said } from './notebook.ts'
import type { TestNode } from '../../../scenarios/testing/index.ts'

const runs = Number(process.env['TROUPE_RUNS'] ?? 400)
const seed = process.env['TROUPE_SEED']

const ways = ['note', 'noteAll', 'noteLater', 'noteAndThrow', 'throwWithNote'] as const
type Step =
  | { readonly do: (typeof ways)[number]; readonly count: number }
  | { readonly do: 'hold' | 'letGo' | 'settle' | 'kill' | 'reboot' }
  | { readonly do: 'fail'; readonly how: 'refused' | 'lost' | 'kept' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constantFrom(...ways), count: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('hold', 'letGo', 'settle', 'kill', 'reboot') }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('fail'), how: fc.constantFrom('refused', 'lost', 'kept') }),
  },
)
const program = fc.record({
  steps: fc.array(step, { maxLength: 25 }),
  every: fc.integer({ min: 1, max: 6 }),
  deletesEvents: fc.boolean(),
  keepsState: fc.boolean(),
  seed: fc.integer(),
})
type Program = typeof program extends fc.Arbitrary<infer P> ? P : never

interface Numbers extends Record<string, (payload?: unknown) => unknown> {
  numbers(): number[]
}

class Stage {
  readonly said: Said = { attempted: [], acknowledged: [] }
  readonly journal = new MemoryJournal(new ManualClock())
  readonly #program: Program
  #node: TestNode | undefined
  #ref: Ref<Numbers> | undefined
  #lastNumber = 0

  constructor(chosen: Program) {
    this.#program = chosen
  }

  async open(): Promise<void> {
    const { every, deletesEvents, keepsState } = this.#program
    this.#node = await startTestNode({ journal: this.journal, seed: this.#program.seed })
    const definition = keepsState ? keeper(this.said) : notebook(this.said, { every, deletesEvents })
    const child = { name: 'n', restart: 'permanent' } as const
    // Both have the same protocol.
    const spawn = this.#node.spawn(definition as ReturnType<typeof keeper>, child)
    this.#ref = (await spawn) as unknown as Ref<Numbers>
  }

  async take(next: Step): Promise<void> {
    const [node, ref] = [this.#node as TestNode, this.#ref as Ref<Numbers>]
    switch (next.do) {
      case 'hold':
        this.journal.hold()
        return
      case 'letGo':
        this.journal.letGo()
        return
      case 'settle':
        await node.settle()
        return
      case 'kill':
        ref.kill()
        return
      case 'reboot':
        await this.open()
        return
      case 'fail':
        this.journal.failNext(failure(next.how), next.how === 'kept')
        return
      default:
        ref.tell(
          next.do,
          Array.from({ length: next.count }, () => ++this.#lastNumber),
        )
    }
  }

  /** What an actor that begins now has recovered. */
  async recovered(): Promise<readonly number[]> {
    this.journal.letGo()
    await this.#node?.settle()
    await this.open()
    const asked = (this.#ref as Ref<Numbers>).ask('numbers')
    await this.#node?.settle()
    return asked
  }

  async close(): Promise<void> {
    await this.#node?.[Symbol.asyncDispose]()
  }
}

function failure(how: 'refused' | 'lost' | 'kept'): Fault {
  const outcome = how === 'refused' ? 'known' : 'unknown'
  const code = how === 'refused' ? 'journal-full' : 'journal-failed'
  return new Fault(code, 'Cannot keep it: by chance', { hint: 'Go on.', outcome })
}

function isSubsequence(of: readonly number[], part: readonly number[]): boolean {
  let at = 0
  for (const number of of) if (number === part[at]) at++
  return at === part.length
}

test('what was acknowledged is recovered, in order, and nothing that was not attempted', async () => {
  await fc.assert(
    fc.asyncProperty(program, async (chosen) => {
      const stage = new Stage(chosen)
      await stage.open()
      for (const next of chosen.steps) await stage.take(next)
      const numbers = await stage.recovered()
      const { attempted, acknowledged } = stage.said
      expect(isSubsequence(numbers, acknowledged), `${acknowledged.join()} in ${numbers.join()}`).toBe(true)
      expect(isSubsequence(attempted, numbers), `${numbers.join()} of ${attempted.join()}`).toBe(true)
      await stage.close()
    }),
    { numRuns: runs, ...(seed === undefined ? {} : { seed: Number(seed) }) },
  )
})
