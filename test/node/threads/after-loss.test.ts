// Tests of what follows the loss of a thread: roots come back by their restart type, and a killer of threads is isolated and given up.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { afterLoss } from '../../../node/threads/after-loss.ts'
import type { AfterLoss, LossFacts, LossRecord, LostRoot } from '../../../node/threads/after-loss.ts'

const blank: LossRecord = { losses: [], strikes: [] }
const root = (path: string, given: Partial<LostRoot> = {}): LostRoot => ({
  path,
  restart: 'permanent',
  isEnding: false,
  wasRunning: undefined,
  home: 'shared',
  record: blank,
  ...given,
})
const facts = (given: Partial<LossFacts> = {}): LossFacts => ({
  nowMs: 0,
  isBlameless: false,
  hasQuarantine: true,
  ...given,
})
const shown = (decided: readonly AfterLoss[]): string =>
  decided.map((one) => `${one.path} ${one.act}${one.act === 'end' ? ` ${one.exit.cause}` : ''}`).join(', ')

describe('a first loss', () => {
  test('brings back what is permanent or transient, and ends the rest', () => {
    for (const isBlameless of [true, false])
      for (const hasQuarantine of [true, false])
        expect(
          shown(
            afterLoss(
              [
                root('p'),
                root('t', { restart: 'transient' }),
                root('x', { restart: 'temporary' }),
                root('e', { isEnding: true }),
              ],
              facts({ isBlameless, hasQuarantine }),
            ),
          ),
        ).toBe('p respawn, t respawn, x end node-lost, e end stopped')
  })

  test('sends the one whose handler ran into quarantine, and holds nothing against the others', () => {
    const decided = afterLoss(
      [root('a', { wasRunning: false }), root('k', { wasRunning: true })],
      facts({ nowMs: 7 }),
    )
    expect(shown(decided)).toBe('a respawn, k quarantine')
    expect(decided.map(({ record }) => record.strikes)).toEqual([[], [7, 7]])
  })

  test('leaves who has a dedicated thread there, and who is in quarantine there', () => {
    expect(shown(afterLoss([root('k', { wasRunning: true, home: 'dedicated' })], facts()))).toBe('k respawn')
    expect(
      shown(
        afterLoss(
          [
            root('k', { wasRunning: false, home: 'quarantine' }),
            root('l', { wasRunning: true, home: 'quarantine' }),
          ],
          facts(),
        ),
      ),
    ).toBe('k quarantine, l quarantine')
  })

  test('that the node itself wanted is remembered of nobody', () => {
    const decided = afterLoss([root('k', { wasRunning: true })], facts({ isBlameless: true, nowMs: 9 }))
    expect(decided).toMatchObject([{ act: 'respawn', record: blank }])
  })
})

/** A node whose roots come back as decided, while one of them kills the thread that it is in. */
class Story {
  nowMs = 0
  losses = 0
  readonly roots = new Map<string, LostRoot>()
  readonly #facts: Partial<LossFacts>

  constructor(names: readonly string[], given: Partial<LossFacts> = {}) {
    for (const name of names) this.roots.set(name, root(name))
    this.#facts = given
  }

  /** @param knows whether it is seen whose handler runs */
  kill(killer: string, knows: boolean): readonly AfterLoss[] {
    const home = this.roots.get(killer)?.home
    const lost = [...this.roots.values()].filter((one) => one.home === home)
    this.losses++
    const decided = afterLoss(
      lost.map((one) => ({ ...one, wasRunning: knows ? one.path === killer : undefined })),
      facts({ nowMs: this.nowMs, ...this.#facts }),
    )
    for (const one of decided) {
      if (one.act === 'end') this.roots.delete(one.path)
      else
        this.roots.set(
          one.path,
          root(one.path, { record: one.record, home: one.act === 'quarantine' ? 'quarantine' : 'shared' }),
        )
    }
    return decided
  }

  /** Kills again and again. @returns how many losses it took until the killer was given up */
  end(killer: string, knows: boolean, everyMs: number): number {
    while (this.roots.has(killer) && this.losses < 100) {
      this.kill(killer, knows)
      this.nowMs += everyMs
    }
    return this.losses
  }
}

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `r${i}`)

describe('a root that kills its thread each time', () => {
  test('is given up with its second loss where its handler was seen, and costs the others one', () => {
    const story = new Story(names(10))
    expect(story.end('r3', true, 1_000)).toBe(2)
    expect(story.roots.size).toBe(9)
    expect([...story.roots.values()].every(({ record }) => record.losses.length === 1)).toBe(true)
  })

  test('is told from the others by halves where nobody saw it, and is given up alone', () => {
    for (const count of [1, 2, 3, 10, 100, 1_000]) {
      for (const index of [0, count >> 1, count - 1]) {
        const story = new Story(names(count))
        const losses = story.end(`r${index}`, false, 1_000)
        expect(losses).toBeLessThanOrEqual(Math.ceil(Math.log2(count)) + 4)
        expect(story.roots.size).toBe(count - 1)
      }
    }
  })

  test('ends with all that share its thread where there is no quarantine, so that it ends at all', () => {
    const story = new Story(names(5), { hasQuarantine: false })
    expect(story.end('r0', false, 1_000)).toBe(4)
    expect(story.roots.size).toBe(0)
  })

  test('rarely enough is let live', () => {
    const story = new Story(names(5))
    expect(story.end('r0', true, 61_000)).toBe(100)
    expect(story.roots.size).toBe(5)
  })

  test('ends as failed, with a fault that says why', () => {
    const story = new Story(['k'])
    story.kill('k', true)
    expect(story.kill('k', true)).toMatchObject([
      { path: 'k', act: 'end', exit: { cause: 'failed', fault: { code: 'thread-killer' } } },
    ])
  })
})

test('whatever happens, each root has one answer, nobody ends whose handler did not run, and records stay small', () => {
  const kill = fc.record({ killer: fc.nat(5), everyMs: fc.integer({ min: 0, max: 30_000 }) })
  fc.assert(
    fc.property(fc.array(kill, { maxLength: 60 }), (kills) => {
      const story = new Story(names(6))
      const killers = new Set<string>()
      for (const { killer, everyMs } of kills) {
        const name = `r${killer}`
        if (!story.roots.has(name)) continue
        killers.add(name)
        const before = [...story.roots.values()].filter(
          ({ home }) => home === story.roots.get(name)?.home,
        ).length
        expect(story.kill(name, true)).toHaveLength(before)
        story.nowMs += everyMs
      }
      for (const path of names(6)) expect(story.roots.has(path) || killers.has(path)).toBe(true)
      for (const { record } of story.roots.values()) {
        expect(record.strikes.length).toBeLessThanOrEqual(4)
        expect(record.losses.length).toBeLessThanOrEqual(32)
      }
    }),
  )
})
