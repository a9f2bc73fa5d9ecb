// Tests of decisions: of all who try to decide a move exactly one does, and all read the same.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Decisions, movesMax } from '../../../node/threads/decisions.ts'

test('a move is committed once, and then it cannot be given up', () => {
  const main = new Decisions()
  const move = main.begin()!
  const target = new Decisions(main.words)
  expect(target.commit(move)).toBe(true)
  expect(target.commit(move)).toBe(false)
  expect([main.abort(move), new Decisions(main.words).abort(move)]).toEqual(['committed', 'committed'])
})

test('a move that was given up is not committed any more', () => {
  const main = new Decisions()
  const move = main.begin()!
  expect(main.abort(move)).toBe('aborted')
  expect(new Decisions(main.words).commit(move)).toBe(false)
  expect(main.abort(move)).toBe('aborted')
})

test('whoever comes in whatever order: one decides, and all agree', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), (tries) => {
      const main = new Decisions()
      const move = main.begin()!
      const threads = tries.map(() => new Decisions(main.words))
      const said = tries.map((isCommit, index) =>
        isCommit ? threads[index]!.commit(move) : threads[index]!.abort(move),
      )
      expect(said.filter((one) => one === true)).toHaveLength(tries[0] === true ? 1 : 0)
      const truth = tries[0] === true ? 'committed' : 'aborted'
      expect(threads.map((thread) => thread.abort(move))).toEqual(tries.map(() => truth))
    }),
  )
})

test('who decides too late about a move whose word is another one’s decides nothing', () => {
  const main = new Decisions()
  const old = main.begin()!
  main.end(old)
  const next = main.begin()!
  expect(next.slot).toBe(old.slot)
  expect(next.number).not.toBe(old.number)
  expect(main.commit(old)).toBe(false)
  expect(main.abort(old)).toBe('aborted')
  expect(main.commit(next)).toBe(true)
  expect(main.abort(old)).toBe('aborted')
})

test('moves that are under way have words of their own, and no more are than may be', () => {
  const main = new Decisions()
  const moves = Array.from({ length: movesMax }, () => main.begin()!)
  expect(new Set(moves.map(({ slot }) => slot)).size).toBe(movesMax)
  expect(main.begin()).toBeUndefined()
  main.end(moves[7]!)
  expect(main.begin()).toMatchObject({ slot: moves[7]!.slot })
  expect(main.begin()).toBeUndefined()
})

test('only who made the words gives them out', () => {
  expect(new Decisions(new Decisions().words).begin()).toBeUndefined()
})
