// Tests of a cluster's guide: what it says of a path, from a copy of what was agreed that may be behind.
import { expect, test } from 'vitest'
import { ClusterGuide, homelessQuestionsMax } from '../../../node/cluster/cluster-guide.ts'
import { shardOf } from '../../../actors/cluster/placement/shard-of.ts'
import { threadEpochs } from '../../../node/threads/beyond.ts'
import { Town } from '../../actors/cluster/state/town.ts'
import type { Home } from '../../../transports/link/record.ts'

/** Members 1 to 3 are a, b and c; this one is a. */
class Desk {
  readonly town = new Town('a', 'b', 'c')
  member = 1
  isLeaving = false
  /** Questions to the council, to be answered by the test. */
  readonly questions: (() => void)[] = []
  readonly takeovers = new Map<string, () => void>()
  readonly released: string[] = []
  readonly ends: unknown[] = []
  readonly guide = new ClusterGuide({
    facts: () => this.town.state,
    member: () => this.member,
    isEntity: (path) => path.startsWith('soul/'),
    catchUp: (run) => this.questions.push(run),
    takeOver: (top, run) => this.takeovers.set(top, run),
    claim: () => Promise.resolve(7),
    release: (top, epoch) => this.released.push(`${top} ${epoch}`),
    isLeaving: () => this.isLeaving,
    tellEnd: (node, input) => this.ends.push([node, input]),
  })

  /** The answers that a question has had so far. */
  ask(path: string): (Home | undefined)[] {
    const answers: (Home | undefined)[] = []
    this.guide.resolve(path, (home) => answers.push(home))
    return answers
  }
}

test('a root of another node, and all below it, is there, under an epoch as threads count', () => {
  const desk = new Desk()
  desk.town.claim(2, 'bank')
  const home = { top: 'bank', thread: -2, epoch: desk.town.epochOf('bank') * threadEpochs }
  expect(desk.ask('bank')).toEqual([home])
  expect(desk.ask('bank/till')).toEqual([home])
  expect(desk.questions).toEqual([])
})

test('a root of this node is nowhere else, and one that it takes over is waited for', () => {
  const desk = new Desk()
  desk.town.claim(1, 'own')
  expect(desk.ask('own')).toEqual([undefined])
  desk.town.claim(3, 'lost')
  desk.town.remove(3)
  desk.member = desk.town.state.home('lost')?.member ?? 0
  expect(desk.member).toBeGreaterThan(0)
  const answers = desk.ask('lost/child')
  expect([answers, [...desk.takeovers.keys()]]).toEqual([[], ['lost']])
  desk.takeovers.get('lost')?.()
  expect(answers).toEqual([undefined])
})

test('a name that its own copy does not know is asked after once, and then looked up again', () => {
  const desk = new Desk()
  const [late, never] = [desk.ask('late'), desk.ask('never')]
  expect([late, never, desk.questions.length]).toEqual([[], [], 2])
  desk.town.claim(2, 'late')
  for (const run of desk.questions) run()
  expect([late.map((home) => home?.thread), never]).toEqual([[-2], [undefined]])
  expect(desk.questions).toHaveLength(2)
})

test('a name that nobody has now is waited for until somebody has it', () => {
  const desk = new Desk()
  desk.town.claim(3, 'waits', { onLoss: 'wait' })
  desk.town.remove(3)
  const answers = desk.ask('waits')
  desk.guide.changed()
  expect([answers, desk.questions]).toEqual([[], []])
  desk.town.do({ type: 'rehome', homes: [{ top: 'waits', epoch: desk.town.epochOf('waits') }], to: 2 })
  desk.guide.changed()
  desk.guide.changed()
  expect(answers.map((home) => home?.thread)).toEqual([-2])
})

test('of more questions than may wait the next one is answered with nobody', () => {
  const desk = new Desk()
  desk.member = 0
  const first = desk.ask('x')
  for (let count = 1; count < homelessQuestionsMax; count++) desk.ask('x')
  expect([first, desk.ask('x')]).toEqual([[], [undefined]])
})

test('a root without a name is where the node of that name is, and nowhere once it is gone', () => {
  const desk = new Desk()
  expect(desk.ask('b/counter$7/child')).toEqual([{ top: 'b/counter$7', thread: -2, epoch: 0 }])
  expect(desk.ask('a/counter$7')).toEqual([undefined])
  expect(desk.questions).toHaveLength(0)
  desk.town.remove(2)
  const answers = desk.ask('b/counter$7')
  expect([answers, desk.questions.length]).toEqual([[], 1])
  desk.questions[0]?.()
  expect(answers).toEqual([undefined])
})

/** Somebody's path of an entity whose shard a member owns, with nobody before it. */
function entityOf(desk: Desk, owner: number): string {
  const paths = Array.from({ length: 2_000 }, (_, index) => `soul/${index}`)
  const shards = desk.town.state.shards()
  return (
    paths.find((path) => shards[shardOf(path)]?.owner === owner && shards[shardOf(path)]?.from === 0) ?? ''
  )
}

/** All shards that a new member was given are let go by those that had them. */
function shedAll({ town }: Desk): void {
  for (const { shard, epoch, from } of town.state.shards())
    if (from !== 0) town.do({ type: 'shed', member: from, shards: [{ shard, epoch }] })
}

test('an entity is where its shard is, and kept here only where that is this node', () => {
  const desk = new Desk()
  shedAll(desk)
  const [own, far] = [entityOf(desk, 1), entityOf(desk, 2)]
  expect([desk.ask(own), desk.guide.keeps(own)]).toEqual([[undefined], true])
  expect([desk.ask(far).map((home) => home?.thread), desk.guide.keeps(far)]).toEqual([[-2], false])
  expect(desk.guide.epochOf(far) / threadEpochs).toBe(desk.town.state.shards()[shardOf(far)]?.epoch)
})

test('nobody of a held shard is woken until it is released', () => {
  const desk = new Desk()
  shedAll(desk)
  const own = entityOf(desk, 1)
  desk.guide.hold(shardOf(own))
  const answers = desk.ask(own)
  expect([answers, desk.guide.keeps(own)]).toEqual([[], false])
  desk.guide.release()
  expect([answers, desk.guide.keeps(own)]).toEqual([[undefined], true])
})

test('a node that ends answers for nobody: who is asked after is waited for elsewhere', () => {
  const desk = new Desk()
  desk.town.claim(1, 'own')
  desk.isLeaving = true
  expect(desk.ask('own')).toEqual([])
})

test('a name is given back only under the epoch that this node has it with', () => {
  const desk = new Desk()
  desk.town.claim(1, 'own')
  desk.town.claim(2, 'far')
  const entry = (top: string, epoch: number): never => ({ top, epoch: epoch * threadEpochs + 3 }) as never
  desk.guide.released(entry('own', desk.town.epochOf('own') + 1))
  desk.guide.released(entry('far', desk.town.epochOf('far')))
  expect(desk.released).toEqual([])
  desk.guide.released(entry('own', desk.town.epochOf('own')))
  expect(desk.released).toEqual([`own ${desk.town.epochOf('own')}`])
})

test('an end is told to the node of a watcher, and to nobody where that is here or unknown', () => {
  const desk = new Desk()
  desk.town.claim(2, 'watcher')
  desk.town.claim(1, 'own')
  const exit = { cause: 'stopped' } as never
  expect(['watcher/x', 'own', 'unknown'].map((one) => desk.guide.tellEnd(one, 'gone', exit))).toEqual([
    true,
    false,
    false,
  ])
  expect(desk.ends).toEqual([[-2, { watcher: 'watcher/x', path: 'gone', exit }]])
})
