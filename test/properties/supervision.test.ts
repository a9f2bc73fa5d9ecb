// Properties of supervision: whatever is done to whatever tree, each failure is decided once, budgets hold, and nothing is left at the end.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Node } from 'troupe'
import { ManualClock } from 'troupe/testing'
import { seededRandom } from '../../runtime/random.ts'
import { checkSupervision } from '../../scenarios/testing/checkers/check-supervision.ts'
import { checkTree } from '../../scenarios/testing/checkers/check-tree.ts'
import { LifeRecorder } from '../../scenarios/testing/checkers/life-recorder.ts'
import { actorOf, trees } from './random-tree.ts'
import type { Cell } from '../../runtime/cell.ts'
import type { LifeStory } from '../../scenarios/testing/checkers/life.ts'
import type { Random } from '../../runtime/random.ts'
import type { Plan } from './random-tree.ts'

/** How many random worlds are looked at; raise it to search. */
const runs = Number(process.env['TROUPE_RUNS'] ?? 1_000)

const messages = [
  'fail',
  'failRange',
  'failAs',
  'failLate',
  'work',
  'hang',
  'end',
  'die',
  'endChild',
  'grow',
  'ping',
] as const
const acts = [
  ...messages,
  'stop',
  'kill',
  'stopForGood',
  'killForGood',
  'restart',
  'suspend',
  'resume',
  'wait',
] as const

interface Act {
  readonly act: (typeof acts)[number]
  readonly target: number
  readonly ms: number
}

const deeds: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.record({
    act: fc.oneof(
      { arbitrary: fc.constantFrom(...acts), weight: 3 },
      { arbitrary: fc.constant('fail' as const), weight: 2 },
    ),
    target: fc.nat({ max: 50 }),
    ms: fc.constantFrom(0, 0, 1, 5, 10, 30, 100, 1_000),
  }),
  { maxLength: 40, size: 'max' },
)

/** A node with its clock, its story and the asks that wait. */
class World {
  readonly clock = new ManualClock()
  readonly node: Node
  readonly recorder: LifeRecorder
  readonly #random: Random
  readonly #asks: Promise<unknown>[] = []

  constructor(seed: number) {
    this.#random = seededRandom(seed)
    const random = this.#random.fork('chance')
    this.node = new Node({ strict: true }, { clock: this.clock, random, shuffle: this.#random.fork('order') })
    this.recorder = new LifeRecorder(this.node.runtime)
  }

  async build(plans: readonly Plan[]): Promise<void> {
    const world = { clock: this.clock, random: this.#random.fork('hooks') }
    for (const [i, plan] of plans.entries()) {
      const { significant: _, ...options } = plan.child
      const spawned = this.node.spawn(actorOf(plan, world) as never, { ...options, name: `r${i}` })
      this.#asks.push(spawned.catch(() => undefined))
    }
    await this.clock.settle()
  }

  async perform({ act, target, ms }: Act): Promise<void> {
    const cells = [...this.node.runtime.cells()]
    const cell = cells[target % Math.max(1, cells.length)]
    if (cell !== undefined) this.#do(act, cell, target)
    if (act === 'wait') await this.clock.advance(ms)
    else if (ms > 0) await this.clock.advance(ms % 7)
    this.#checkBooks()
  }

  #do(act: Act['act'], cell: Cell, target: number): void {
    const { operator } = this.node
    const ref = this.node.runtime.find(cell.path)
    switch (act) {
      case 'stop':
        ref?.stop()
        return
      case 'kill':
        ref?.kill()
        return
      case 'stopForGood':
        this.#asks.push(operator.stop(cell))
        return
      case 'killForGood':
        operator.killForGood(cell)
        return
      case 'restart':
        operator.restart(cell)
        return
      case 'suspend':
        operator.suspend(cell)
        return
      case 'resume':
        operator.resume(cell)
        return
      case 'wait':
        return
      default:
        if (target % 2 === 0) ref?.tell(act, target)
        else this.#asks.push((ref?.ask(act, target) ?? Promise.resolve()).catch(() => undefined))
    }
  }

  #checkBooks(): void {
    expect(this.node.audit().differences).toEqual([])
  }

  /** Stops the node; what is left of it must be nothing. */
  async end(): Promise<void> {
    const { host, guardian } = this.node.runtime
    let timersLeft = -1
    guardian.rare.whenEnded = [() => void (timersLeft = host.timers.count)]
    for (const cell of this.node.runtime.cells()) this.node.operator.resume(cell)
    const stopped = this.node.stop()
    await this.clock.advance(60_000)
    await stopped
    await this.clock.settle()
    await Promise.all(this.#asks)
    this.#checkBooks()
    const message = told(this.recorder.story)
    expect([timersLeft, host.totals.actors, host.registry.count, host.asks.waiting], message).toEqual([
      0, 0, 0, 0,
    ])
    expect([...this.node.runtime.cells()]).toEqual([])
  }
}

/** The end of a story, to be read by whoever finds a broken one. */
function told(story: LifeStory): string {
  const paths = new Map<number, string>()
  for (const event of story) if (event.type === 'spawned') paths.set(event.id, event.path)
  return story
    .slice(-60)
    .map(
      ({ atMs, type, id, ...rest }) => `${atMs} ms ${paths.get(id)} ${type} ${'by' in rest ? rest.by : ''}`,
    )
    .join('\n')
}

test('whatever happens to a tree, each failure is decided once, budgets hold and nothing is left', async () => {
  await fc.assert(
    fc.asyncProperty(trees, deeds, fc.nat(), async (plans, script, seed) => {
      const world = new World(seed)
      await world.build(plans)
      // One after the other: each deed sees what the one before has brought about.
      for (const deed of script) await world.perform(deed)
      await world.end()
      const { story } = world.recorder
      for (const verdict of [checkTree(story), checkSupervision(story, true)]) {
        expect(verdict.holds, `${verdict.reason}\n${told(story)}`).not.toBe(false)
      }
    }),
    { numRuns: runs },
  )
}, 600_000)
