// Tests of the checkers: each accepts a sound history, and finds each breach that is planted into it.
import { describe, expect, test } from 'vitest'
import { checkAccount } from '../../../../scenarios/testing/checkers/check-account.ts'
import { checkAsk } from '../../../../scenarios/testing/checkers/check-ask.ts'
import { checkFifo } from '../../../../scenarios/testing/checkers/check-fifo.ts'
import { checkOnce } from '../../../../scenarios/testing/checkers/check-once.ts'
import { checkWatch } from '../../../../scenarios/testing/checkers/check-watch.ts'
import type { History, HistoryEvent } from '../../../../scenarios/testing/checkers/history.ts'
import type { Verdict } from '../../../../scenarios/testing/checkers/verdict.ts'

const sent = (id: number, from = 'a', to = 'b', seq = id): HistoryEvent => ({
  type: 'sent',
  id,
  from,
  to,
  seq,
})
const received = (id: number, by = 'b'): HistoryEvent => ({ type: 'received', id, by })
const handled = (id: number, by = 'b'): HistoryEvent => ({ type: 'handled', id, by })
const dead = (id: number): HistoryEvent => ({ type: 'dead', id, reason: 'mailbox-full' })
const quiet = (atMs = 0): HistoryEvent => ({ type: 'quiet', atMs })
const asked = (id: number, atMs = 0, timeoutMs = 100): HistoryEvent => ({
  type: 'asked',
  id,
  atMs,
  timeoutMs,
})
const books = (over: object, path = ''): HistoryEvent => ({
  type: 'books',
  path,
  account: { accepted: 0, handled: 0, waiting: 0, stashed: 0, inHand: 0, dead: 0, refused: 0, ...over },
})

type Case = readonly [name: string, history: History, holds: Verdict['holds'], reason?: string]

function cases(name: string, check: (history: History) => Verdict, table: readonly Case[]): void {
  describe(name, () => {
    for (const [what, history, holds, reason = ''] of table) {
      test(`${what}: ${String(holds)}`, () => {
        const verdict = check(history)
        expect(verdict.holds).toBe(holds)
        expect(verdict.reason).toContain(reason)
      })
    }
  })
}

cases('C-ONCE', checkOnce, [
  ['nothing', [quiet()], 'unknown', 'there were no messages'],
  ['one handled, one dead', [sent(1), sent(2), handled(1), dead(2)], true, 'over 2 messages'],
  ['one handled twice', [sent(1), handled(1), handled(1)], false, 'handled by "b", and then handled by "b"'],
  ['one handled and dead', [sent(1), handled(1), dead(1)], false, 'a dead letter: mailbox-full'],
  ['one dead twice', [sent(1), dead(1), dead(1)], false, 'message 1'],
  ['one dead and handled', [sent(1), dead(1), handled(1)], false, 'and then handled'],
  ['one never sent', [handled(1)], false, 'never sent'],
  ['one handled by another', [sent(1), handled(1, 'c')], false, 'sent to "b" and handled by "c"'],
  ['an id given twice', [sent(1), sent(1)], false, 'not one'],
])

cases('C-ACCOUNT', checkAccount, [
  ['nothing', [quiet()], 'unknown'],
  ['all with a fate', [sent(1), sent(2), handled(1), dead(2), quiet()], true],
  ['one lost', [sent(1), sent(2), handled(1), quiet()], false, 'the first is 2 from "a" to "b"'],
  ['one that may still come', [sent(1)], 'unknown'],
  ['one that waits', [sent(1), books({ accepted: 1, waiting: 1 }), quiet()], true],
  ['one that is stashed', [sent(1), books({ accepted: 1, stashed: 1 }), quiet()], true],
  ['one in hand', [sent(1), books({ accepted: 1, inHand: 1 }), quiet()], true],
  ['one waits, two are open', [sent(1), sent(2), books({ accepted: 1, waiting: 1 }), quiet()], false],
  [
    'one in an actor, none in the node',
    [sent(1), books({ accepted: 1, waiting: 1 }, 'b'), books({}), quiet()],
    false,
  ],
  ['books that lost one', [books({ accepted: 2, handled: 1 }, 'b')], false, 'the books of "b"'],
  ['books with one too many', [books({ accepted: 1, handled: 1, dead: 1 })], false],
])

const reply = (id: number, atMs = 0, echo = id): HistoryEvent => ({
  type: 'answered',
  id,
  atMs,
  how: 'reply',
  echo,
})
const ending = (id: number, how: 'fault' | 'refused' | 'expired', atMs = 0): HistoryEvent => ({
  type: 'answered',
  id,
  atMs,
  how,
})

cases('C-ASK', (history) => checkAsk(history, 1), [
  ['nothing', [quiet()], 'unknown'],
  ['a reply in time', [asked(1), handled(1), reply(1, 100), quiet()], true],
  ['a fault and a refusal', [asked(1), asked(2), ending(1, 'fault'), ending(2, 'refused')], true, '2 asks'],
  ['an expiry at the deadline', [asked(1), ending(1, 'expired', 100)], true],
  ['an expiry one tick late', [asked(1, 5), ending(1, 'expired', 106)], true],
  ['an expiry two ticks late', [asked(1, 5), ending(1, 'expired', 107)], false, '2 ms after'],
  ['a reply two ticks late', [asked(1), handled(1), reply(1, 102)], false],
  ['an expiry before the deadline', [asked(1), ending(1, 'expired', 99)], false, '1 ms before'],
  ['two endings', [asked(1), ending(1, 'fault'), ending(1, 'expired', 100)], false, 'fault, then expired'],
  ['an ending of nothing', [ending(1, 'fault')], false, 'never asked'],
  ["another ask's reply", [asked(1), asked(2), handled(2), reply(1, 0, 2)], false, 'the reply to 2'],
  ['a reply without a handler', [asked(1), reply(1)], false, 'without having been handled'],
  ['a refusal of what is handled later', [asked(1), ending(1, 'refused'), handled(1)], false, 'and handled'],
  ['an expiry of what is handled later', [asked(1), ending(1, 'expired', 100), handled(1)], true],
  ['one that may still end', [asked(1), asked(2, 101)], 'unknown'],
  ['one that should have ended', [asked(1), asked(2, 102)], false, 'ask 1'],
  ['one that never ended', [asked(1), quiet(1)], false],
])

cases('C-FIFO', checkFifo, [
  ['nothing', [quiet()], 'unknown'],
  ['in order, with a gap', [sent(1), sent(2), sent(3), received(1), received(3)], true],
  ['out of order', [sent(1), sent(2), received(2), received(1)], false, 'received 1 after 2 from "a"'],
  ['an older one again', [sent(1), sent(2), received(1), received(2), received(1)], true],
  ['two senders', [sent(1, 'a'), sent(2, 'c', 'b', 0), received(2), received(1)], true],
  ['two receivers', [sent(1), sent(2, 'a', 'c'), received(2, 'c'), received(1)], true],
  ['one never sent', [received(1)], false, 'never sent'],
  ['a number used twice', [sent(1), sent(2, 'a', 'b', 1), received(1), received(2)], false],
])

const spawned = (path: string): HistoryEvent => ({ type: 'spawned', path })
const began = (path: string): HistoryEvent => ({ type: 'began', path })
const ended = (path: string): HistoryEvent => ({ type: 'ended', path, cause: 'stopped' })
const watched = (watch: number, target = 't'): HistoryEvent => ({
  type: 'watched',
  watch,
  watcher: 'w',
  target,
})
const unwatched = (watch: number): HistoryEvent => ({ type: 'unwatched', watch })
const down = (watch: number, cause: 'stopped' | 'killed' | 'never-existed' = 'stopped'): HistoryEvent => ({
  type: 'down',
  watch,
  cause,
})
const start = [spawned('w'), spawned('t')]

cases('C-WATCH', checkWatch, [
  ['nothing', [quiet()], 'unknown'],
  ['one down', [...start, watched(1), ended('t'), down(1), quiet()], true, 'over 1 watches'],
  [
    'no down',
    [...start, watched(1), ended('t'), quiet()],
    false,
    '"w" has not heard that "t" ended by stopped',
  ],
  ['a down that may still come', [...start, watched(1), ended('t')], 'unknown'],
  ['two downs', [...start, watched(1), ended('t'), down(1), down(1)], false, 'after its end'],
  ['a down for one who lives', [...start, watched(1), down(1)], false, 'but it lives'],
  [
    'a down with another cause',
    [...start, watched(1), ended('t'), down(1, 'killed')],
    false,
    'it was stopped',
  ],
  ['a down without a watch', [...start, ended('t'), down(1)], false, 'never begun'],
  ['a down after unwatch', [...start, watched(1), ended('t'), unwatched(1), down(1)], false],
  ['no down after unwatch', [...start, watched(1), ended('t'), unwatched(1), quiet()], 'unknown'],
  ['a watch of one who ended long ago', [...start, ended('t'), watched(1), down(1), quiet()], true],
  ['a watch of nobody', [spawned('w'), watched(1), down(1, 'never-existed'), quiet()], true],
  ['no down for a watch of nobody', [spawned('w'), watched(1), quiet()], false, 'never-existed'],
  ['a watcher that began again', [...start, watched(1), began('w'), ended('t'), quiet()], 'unknown'],
  ['a down in the life after', [...start, watched(1), began('w'), ended('t'), down(1)], false],
  ['a watcher that ended', [...start, watched(1), ended('w'), ended('t'), quiet()], 'unknown'],
  [
    'one down for the first of two of the name',
    [...start, watched(1), ended('t'), spawned('t'), down(1), watched(2), ended('t'), down(2), quiet()],
    true,
    'over 2 watches',
  ],
])
