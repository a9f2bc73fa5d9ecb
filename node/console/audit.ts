// The command audit: the sums of all messages, and whether they reconcile.
import { audit as verb } from '../verbs/audit.ts'
import { answering } from './command.ts'
import { pairLines } from './pairs.ts'
import type { AnyCommand } from './command.ts'

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
        ],
        style,
      ),
      ...differences.map((difference) => `  ${style.safe(difference, 500)}`),
    ].join('\n')
  },
})
