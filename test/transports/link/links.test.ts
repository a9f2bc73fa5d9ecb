// Tests of links: who needs one that is still being laid has it once it is there, or hears that there will be none.
import { expect, test } from 'vitest'
import { Links, linkWordsMax } from '../../../transports/link/links.ts'
import type { Link } from '../../../transports/link/link.ts'

function link(thread: number): Link {
  return { thread } as Link
}

test('whoever waits is called in order once there is a link, and at once from then on', () => {
  const links = new Links()
  const heard: unknown[] = []
  const one = link(1)
  links.when(1, (found) => void heard.push(['first', found]))
  links.when(1, (found) => void heard.push(['second', found]))
  links.when(2, (found) => void heard.push(['other', found]))
  expect(heard).toEqual([])
  links.set(one)
  links.when(1, (found) => void heard.push(['third', found]))
  expect(heard).toEqual(['first', 'second', 'third'].map((who) => [who, one]))
})

test('whoever waits for a thread that is lost hears that there is no link, then and later', () => {
  const links = new Links()
  const heard: unknown[] = []
  links.when(1, (found) => void heard.push(found))
  links.lose(1)
  links.when(1, (found) => void heard.push(found))
  expect([heard, links.isLost(1), links.isLost(2)]).toEqual([[undefined, undefined], true, false])
})

test('a number that was lost and is linked again is not lost any more', () => {
  const links = new Links()
  const heard: unknown[] = []
  links.lose(-1)
  const again = link(-1)
  links.set(again)
  links.when(-1, (found) => void heard.push(found))
  expect([heard, links.isLost(-1)]).toEqual([[again], false])
})

test('no more wait than may, and those who do are not forgotten', () => {
  const links = new Links()
  let early = 0
  let late = 0
  for (let count = 0; count < linkWordsMax; count++)
    links.when(1, (found) => (found === undefined ? late++ : early++))
  links.when(1, (found) => (found === undefined ? late++ : early++))
  expect([early, late]).toEqual([0, 1])
  links.set(link(1))
  expect([early, late]).toEqual([linkWordsMax, 1])
})
