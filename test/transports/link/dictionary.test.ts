// Tests of the dictionary: each text of a lane has one number at a time, and whoever reads the lane knows the same.
import { expect, test } from 'vitest'
import { Dictionary, dictionaryTextsMax } from '../../../transports/link/dictionary.ts'
import { Far } from '../../../runtime/far.ts'

type Told = readonly [number: number, text: string] | 'forget'

function make(): { dictionary: Dictionary; told: Told[] } {
  const told: Told[] = []
  const dictionary = new Dictionary({
    define: (number, text) => void told.push([number, text]),
    forget: () => void told.push('forget'),
  })
  return { dictionary, told }
}

function fill({ dictionary, told }: ReturnType<typeof make>, count: number): void {
  for (let index = 1; index <= count; index++) dictionary.of(`text ${index}`)
  told.length = 0
}

test('a text is defined once, with the next number, and 0 is nobody', () => {
  const { dictionary, told } = make()
  expect(['a', 'b', 'a', '', 'b'].map((text) => dictionary.of(text))).toEqual([1, 2, 1, 3, 2])
  expect(told).toEqual([
    [1, 'a'],
    [2, 'b'],
    [3, ''],
  ])
})

test('a party remembers its number, and only for the dictionary that gave it', () => {
  const [one, two] = [make(), make()]
  const party = new Far('bank/ada')
  two.dictionary.of('other')
  expect([one, two, one, two].map(({ dictionary }) => dictionary.ofParty(party))).toEqual([1, 2, 1, 2])
  expect(one.told).toEqual([[1, 'bank/ada']])
  expect(two.told).toEqual([
    [1, 'other'],
    [2, 'bank/ada'],
  ])
})

test('a name, a party and a text that are the same have one number', () => {
  const { dictionary } = make()
  expect([dictionary.ofName('a'), dictionary.ofParty(new Far('a')), dictionary.of('a')]).toEqual([1, 1, 1])
})

test('nothing is forgotten while one more record finds its three numbers', () => {
  const made = make()
  fill(made, dictionaryTextsMax - 3)
  made.dictionary.makeRoom()
  expect(made.told).toEqual([])
  expect(['x', 'y', 'z'].map((text) => made.dictionary.of(text)).at(-1)).toBe(dictionaryTextsMax)
})

test('when the numbers run out all are forgotten at once, and what is used then begins at 1', () => {
  const made = make()
  const { dictionary, told } = made
  const party = new Far('bank/ada')
  dictionary.ofParty(party)
  dictionary.ofName('deposit')
  fill(made, dictionaryTextsMax - 4)
  dictionary.makeRoom()
  expect(told).toEqual(['forget'])
  expect([dictionary.ofName('deposit'), dictionary.ofParty(party), dictionary.of('text 1')]).toEqual([
    1, 2, 3,
  ])
  expect(told).toEqual(['forget', [1, 'deposit'], [2, 'bank/ada'], [3, 'text 1']])
})

test('whoever holds its numbers goes on holding them when they are forgotten', () => {
  const made = make()
  fill(made, dictionaryTextsMax)
  const before = made.dictionary.numbers
  made.dictionary.makeRoom()
  made.dictionary.of('new')
  expect(before.get('text 2')).toBe(2)
  expect([...made.dictionary.numbers]).toEqual([['new', 1]])
})
