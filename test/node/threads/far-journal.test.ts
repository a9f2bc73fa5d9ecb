// Tests of the far journal in a simulated node: the contract, what it bounds, and threads that die or stall with appends under way.
import { describe, expect, test } from 'vitest'
import { startTestNode } from 'troupe/testing'
import { checkAcked } from '../../../scenarios/testing/checkers/check-acked.ts'
import { checkFence } from '../../../scenarios/testing/checkers/check-fence.ts'
import { checkPrefix } from '../../../scenarios/testing/checkers/check-prefix.ts'
import { code } from '../../contracts/journal-given.ts'
import {
  FarJournal,
  farJournalBytesMax,
  farJournalWaitingBytesMax,
  farJournalWaitingMax,
} from '../../../node/threads/far-journal.ts'
import { JournalDesk, journalPageBytesMax } from '../../../node/threads/journal-desk.ts'
import { JournalRecorder } from '../../../scenarios/testing/checkers/journal-recorder.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { MemoryJournal } from '../../../node/journal/memory-journal.ts'
import { seededRandom } from '../../../runtime/random.ts'
import { testJournal } from '../../contracts/journal.ts'
import { told, Writer } from '../../contracts/journal-writer.ts'
import type { Calls } from '../../../node/threads/orders.ts'
import type { Journal } from '../../../runtime/journal.ts'
import type { JournalStory } from '../../../scenarios/testing/checkers/journal-story.ts'
import type { TestNode } from 'troupe/testing'

/** The journal as one thread of a node has it. */
function journalIn(node: TestNode, slot: number): Journal {
  const id = node.fleet!.crew.inSlot(slot)!.id
  return node.residents.get(id)!.station.runtime.host.durability!.journal
}

testJournal(
  'behind a simulated thread',
  async () => {
    const node = await startTestNode({ threads: 1 })
    return { journal: journalIn(node, 1), end: () => node.stop() }
  },
  { runs: 20 },
)

test('a node gives all its threads the same journal, and one without has none', async () => {
  await using node = await startTestNode({ threads: 2 })
  const [one, two] = [journalIn(node, 1), journalIn(node, 2)]
  await (await Writer.open(one, 'ada')).commits(3)
  const ada = await Writer.open(two, 'ada')
  expect(ada.seq).toBe(3)
  expect((await node.runtime.host.durability!.journal.read('ada', 1, 10)).map(({ seq }) => seq)).toEqual([
    1, 2, 3,
  ])
  const codec = node.residents.get(node.fleet!.crew.inSlot(1)!.id)!.station.runtime.host.durability!.codec
  expect(codec.decode(codec.encode({ sender: 'me' }, 'persist'))).toEqual({ sender: 'me' })
})

test('a node that stops lets become safe what its threads have appended, also what waits in them', async () => {
  const journal = new MemoryJournal(new ManualClock())
  const node = await startTestNode({ threads: 1, journal })
  const ada = await Writer.open(journalIn(node, 1), 'ada')
  const body = new Uint8Array(2 ** 20)
  const kept = Array.from({ length: 20 }, () => ada.commit({ body }))
  await node.stop()
  expect(await Promise.all(kept)).toEqual(Array.from({ length: 20 }, () => undefined))
  journal.reboot()
  expect((await Writer.open(journal, 'ada')).seq).toBe(20)
})

/** A far journal whose main thread is right beside it, and answers when it is let. */
class Pair {
  readonly clock = new ManualClock()
  readonly journal = new MemoryJournal(this.clock, { bytesMax: 2 ** 30 })
  readonly desk = new JournalDesk(this.journal, () => true)
  /** What was asked, by verb. */
  readonly asked: string[] = []
  readonly far: FarJournal = new FarJournal({
    thread: 1,
    clock: this.clock,
    call: (verb, input) => {
      this.asked.push(verb)
      return this.desk.answer(1, verb, input) as Promise<Calls[typeof verb]['answer']>
    },
    tell: (verb, input) => {
      this.asked.push(verb)
      this.desk.release(input)
    },
  })
}

describe('what is appended', () => {
  test('in one turn crosses in one piece', async () => {
    const pair = new Pair()
    const writers = await Promise.all(['a', 'b', 'c'].map((id) => Writer.open(pair.far, id)))
    pair.asked.length = 0
    await Promise.all(writers.map((writer) => writer.commits(100)))
    expect(pair.asked).toEqual(['journal-append'])
  })

  test('waits in the thread beyond what may be under way, keeps its order, and what follows does not overtake it', async () => {
    const pair = new Pair()
    const ada = await Writer.open(pair.far, 'ada')
    pair.asked.length = 0
    pair.journal.hold()
    const body = new Uint8Array(farJournalBytesMax / 4)
    const kept = Array.from({ length: 10 }, () => ada.commit({ body }))
    await pair.clock.settle()
    expect(pair.asked).toEqual(['journal-append', 'journal-append', 'journal-append'])
    pair.far.release('ada', ada.epoch)
    const next = Writer.open(pair.far, 'ada')
    await pair.clock.settle()
    expect(pair.asked).toHaveLength(3)
    pair.journal.letGo()
    expect(await Promise.all(kept)).toEqual(Array.from({ length: 10 }, () => undefined))
    expect((await next).seq).toBe(10)
    expect(pair.asked.slice(10)).toEqual(['journal-release', 'journal-recover', ...pages(pair.asked)])
  })

  test('is refused as busy once too many bytes wait, and taken again once they do not', async () => {
    const pair = new Pair()
    const ada = await Writer.open(pair.far, 'ada')
    pair.journal.hold()
    const body = new Uint8Array(2 ** 20)
    const most = (farJournalBytesMax + farJournalWaitingBytesMax) / body.byteLength
    const kept: Promise<unknown>[] = []
    for (let count = 0; count < most + 2; count++) {
      kept.push(ada.commit({ body }))
      await pair.clock.settle()
    }
    pair.journal.letGo()
    const codes = (await Promise.all(kept)).map((fault) => (fault as { code?: string } | undefined)?.code)
    const first = codes.indexOf('journal-busy')
    expect(first).toBeGreaterThan(most - 4)
    expect(codes.slice(first).every((one) => one === 'journal-busy')).toBe(true)
    const next = await Writer.open(pair.far, 'ada')
    expect(next.seq).toBe(first)
    expect(await next.commit()).toBeUndefined()
  })

  test('is refused as busy once too many wait', async () => {
    const pair = new Pair()
    const ada = await Writer.open(pair.far, 'ada')
    pair.journal.hold()
    const first = ada.commit({ body: new Uint8Array(farJournalBytesMax) })
    await pair.clock.settle()
    const kept = Array.from({ length: farJournalWaitingMax + 1 }, () => ada.commit({ body: '' }))
    pair.journal.letGo()
    expect(await first).toBeUndefined()
    const faults = await Promise.all(kept)
    expect(faults.at(-2)).toBeUndefined()
    expect(faults.at(-1)).toEqual(code('journal-busy'))
  })
})

describe('recovery', () => {
  test('crosses page by page, each asked for', async () => {
    const pair = new Pair()
    const ada = await Writer.open(pair.far, 'ada')
    await ada.commit()
    const body = new Uint8Array(journalPageBytesMax / 10)
    for (let count = 0; count < 45; count++) await ada.commit({ body })
    await ada.snapshot({ seq: 1, body })
    pair.asked.length = 0
    const pages: number[] = []
    const claim = await pair.far.recover('ada', undefined, (records) => void pages.push(records.length))
    expect(claim.seq).toBe(46)
    expect(pages.reduce((sum, count) => sum + count)).toBe(46)
    expect(Math.max(...pages)).toBeLessThanOrEqual(10)
    expect(pair.asked[0]).toBe('journal-recover')
    expect(new Set(pair.asked.slice(1))).toEqual(new Set(['journal-read']))
  })

  test('that another one overtakes while it reads says so', async () => {
    const pair = new Pair()
    const ada = await Writer.open(pair.far, 'ada')
    const body = new Uint8Array(journalPageBytesMax / 2)
    for (let count = 0; count < 6; count++) await ada.commit({ body })
    const rival = new Pair()
    const slow = new FarJournal({
      thread: 2,
      clock: rival.clock,
      call: async (verb, input) => {
        if (verb === 'journal-read') {
          const other = await Writer.open(pair.journal, 'ada')
          await other.commit({ kind: 'end' })
        }
        return (await pair.desk.answer(2, verb, input)) as Calls[typeof verb]['answer']
      },
      tell: () => undefined,
    })
    await expect(Writer.open(slow, 'ada')).rejects.toEqual(code('journal-fenced'))
  })
})

function pages(asked: readonly string[]): string[] {
  return asked.filter((verb) => verb === 'journal-read')
}

function judge(story: JournalStory): void {
  for (const check of [checkAcked, checkPrefix, checkFence]) {
    const { holds, reason } = check(story)
    expect(holds, reason).not.toBe(false)
  }
}

/** Somebody who appends again and again, as fast as it is answered, until it is refused. */
function busyWriter(journal: Journal, { id, epoch, seq }: Writer): void {
  let last = seq
  const next = (): void => {
    const number = ++last
    const append = { id, epoch, seq: number, kind: 'commit', atMs: 1, tags: [] } as const
    journal.append({ ...append, body: Buffer.from(`${id} ${number} by ${epoch}`) }, (fault) => {
      if (fault === undefined && number < 500) next()
    })
  }
  for (let count = 0; count < 4; count++) next()
}

describe('a thread', () => {
  test.each(Array.from({ length: 20 }, (_, seed) => seed))(
    'that dies with appends under way takes nothing along that was said to be safe (%i)',
    async (seed) => {
      const random = seededRandom(seed)
      await using node = await startTestNode({ threads: 2, seed, delayMs: () => random.integer(10) })
      let story: JournalStory = []
      for (let round = 0; round < 3; round++) {
        const recorder = new JournalRecorder(journalIn(node, 1), story)
        const opening = Promise.all(['a', 'b', 'c'].map((id) => Writer.open(recorder, id)))
        await node.advance(50)
        for (const writer of await opening) busyWriter(recorder, writer)
        await node.advance(random.integer(60))
        node.killThread(1)
        // It is silent from now on.
        story = [...recorder.story]
        await node.advance(100)
      }
      const own = node.runtime.host.durability!.journal
      const recorder = new JournalRecorder(own, story)
      for (const id of ['a', 'b', 'c']) expect((await Writer.open(recorder, id)).seq).toBeGreaterThan(0)
      judge(recorder.story)
      expect(checkAcked(recorder.story).holds).toBe(true)
    },
  )

  test('that stalls while its root comes back elsewhere can write no more', async () => {
    await using node = await startTestNode({ threads: 2, threadStallMs: 86_400_000 })
    const frozen = new JournalRecorder(journalIn(node, 1))
    const old = await Writer.open(frozen, 'ada')
    await old.commits(2)
    const frozenId = node.fleet!.crew.inSlot(1)!.id
    const faults = Array.from({ length: 3 }, () => old.commit())
    node.threads.freeze(frozenId)
    const other = new JournalRecorder(journalIn(node, 2), frozen.story)
    const ada = await Writer.open(other, 'ada')
    await ada.commits(2)
    node.threads.thaw(frozenId)
    const late = await Promise.all([...faults, old.commit()])
    expect(late.at(-1)).toEqual(code('journal-fenced'))
    for (const fault of late) if (fault !== undefined) expect(fault).toEqual(code('journal-fenced'))
    const next = await Writer.open(other, 'ada')
    expect(next.seq).toBe(ada.seq)
    expect(told(next.found)).toEqual(next.found.map(({ seq }) => `commit ${seq}`))
    judge(other.story)
  })

  test('that is lost owns nothing any more, and who has moved away from it still does', async () => {
    const pair = new Pair()
    const [gone, moved] = [await Writer.open(pair.far, 'gone'), await Writer.open(pair.far, 'moved')]
    pair.desk.threadLost(1, (id) => (id === 'moved' ? 2 : 1))
    expect(await gone.commit()).toEqual(code('journal-fenced'))
    expect(await moved.commit()).toBeUndefined()
    pair.desk.threadLost(2, () => undefined)
    expect(await moved.commit()).toEqual(code('journal-fenced'))
  })

  test('whose claim arrives after its end owns nothing', async () => {
    const clock = new ManualClock()
    const journal = new MemoryJournal(clock)
    const desk = new JournalDesk(journal, () => false)
    const { claim } = (await desk.answer(1, 'journal-recover', { id: 'ada', epoch: null })) as {
      claim: { epoch: number }
    }
    const ada = new Writer(journal, 'ada', { epoch: claim.epoch, seq: 0 }, [])
    expect(await ada.commit()).toEqual(code('journal-fenced'))
  })
})
