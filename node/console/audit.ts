// The command audit: the sums of all messages, and whether they reconcile.
import { audit as verb } from '../verbs/audit.ts'
import { answering } from './command.ts'
import { pairLines } from './pairs.ts'
import type { Audited } from '../verbs/audit.ts'
import type { AnyCommand } from './command.ts'

/** What there is to say of threads where the node has some. */
function threadPairs({ onTheWay, threads, lostThreads, silent = [] }: Audited): [string, string][] {
  if (onTheWay === undefined) return []
  return [
    ['on the way', `${onTheWay} between ${threads} threads`],
    ['lost', lostThreads === 0 ? '' : `${lostThreads} threads with what they had counted`],
    ['no answer', silent.length === 0 ? '' : `threads ${silent.join(', ')}`],
  ]
}

export const audit: AnyCommand = answering(verb, {
  isNo: ({ isBalanced }) => !isBalanced,
  print(books, style) {
    const { accepted, handled, waiting, stashed, inHand, dead, refused, actors, deadLetters, differences } =
      books
    const { ok, failed } = style.characters
    const verdict = books.isBalanced
      ? style.paint('good', `${ok} every message is accounted for`)
      : style.paint('bad', `${failed} ${differences.length} sums do not reconcile`)
    const reasons = Object.entries(deadLetters).map(([reason, count]) => `${count} ${reason}`)
    return [
      verdict,
      ...pairLines(
        [
          [
            'accepted',
            `${accepted} = ${handled} handled + ${waiting} waiting + ${stashed} stashed + ${inHand} in hand + ${dead} dead`,
          ],
          ['refused', String(refused)],
          ['actors', String(actors)],
          ['dead letters', reasons.join(', ')],
          ...threadPairs(books),
        ],
        style,
      ),
      ...differences.map((difference) => `  ${style.safe(difference, 500)}`),
    ].join('\n')
  },
})
