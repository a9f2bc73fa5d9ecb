// Tests of a doubt: where two runtimes each send a root's messages to the other, the guide is asked who is wrong.
import { expect, test } from 'vitest'
import { doubtTheWay } from '../../../transports/link/doubt.ts'
import { Road } from '../../../transports/link/road.ts'
import type { Flushes } from '../../../transports/link/flushes.ts'
import type { Guide } from '../../../transports/link/guide.ts'
import type { Home } from '../../../transports/link/record.ts'
import type { Link } from '../../../transports/link/link.ts'

const homeAt = (thread: number): Home => ({ top: 'top', thread, epoch: 7 })

/** This runtime is 1, and sends to 2. */
function doubt(): { road: Road; heard: unknown[]; answer: (home: Home | undefined) => void } {
  const road = new Road(homeAt(2))
  // What is not given here is not used.
  road.open({ thread: 2 } as unknown as Link)
  const heard: unknown[] = []
  const answers: ((home: Home | undefined) => void)[] = []
  const guide = {
    resolve: (_: string, answer: (typeof answers)[0]) => answers.push(answer),
  } as unknown as Guide
  const flushes = { leave: (one: Road) => heard.push(['leave', one.top]) } as unknown as Flushes
  doubtTheWay({ guide, thread: 1 }, road, flushes, (home) => heard.push(['moved', home.thread]))
  return { road, heard, answer: (home) => answers[0]?.(home) }
}

test('one that lives elsewhere is sent to there', () => {
  const { heard, answer } = doubt()
  answer(homeAt(3))
  expect(heard).toEqual([['moved', 3]])
})

test.each([
  ['nowhere', undefined],
  ['here', homeAt(1)],
])('the road to one that lives %s is left once all that was sent on it has arrived', (_, home) => {
  const { heard, answer } = doubt()
  answer(home)
  expect(heard).toEqual([['leave', 'top']])
})

test('a road that closed while the guide was asked is left alone', () => {
  const { road, heard, answer } = doubt()
  road.hold()
  answer(undefined)
  expect(heard).toEqual([])
})
