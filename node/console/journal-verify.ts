// The command journal verify: whether the journal is whole, and what is not.
import { journalVerify as verb } from '../verbs/journal-verify.ts'
import { answering } from './command.ts'
import { countText } from './count-text.ts'
import { findingText } from './finding-text.ts'
import { pairLines } from './pairs.ts'
import { sizeText } from './size-text.ts'
import type { Verified } from '../journal/verification.ts'
import type { AnyCommand, View } from './command.ts'

/** Findings that are shown; `--json` has all that were kept. */
const findingsShownMax = 20

export const journalVerifyView: View<Verified> = {
  isNo: ({ isWhole }) => !isWhole,
  print(verified, style) {
    const { isWhole, actors, records, bytes, segments, findings, findingsCount, damaged } = verified
    const { ok, failed, more } = style.characters
    const left = findingsCount - Math.min(findings.length, findingsShownMax)
    return [
      isWhole
        ? style.paint('good', `${ok} the journal is whole`)
        : style.paint('bad', `${failed} ${damaged} ${damaged === 1 ? 'place is' : 'places are'} damaged`),
      ...pairLines(
        [
          ['actors', String(actors)],
          ['records', String(records)],
          [
            'bytes',
            bytes === undefined ? '' : `${sizeText(bytes)} in ${countText(segments ?? 0, 'segment')}`,
          ],
        ],
        style,
      ),
      ...findings.slice(0, findingsShownMax).map((finding) => `  ${findingText(finding, style)}`),
      ...(left > 0 ? [style.paint('faint', `  ${more} ${left} more; --json has them`)] : []),
    ].join('\n')
  },
}

export const journalVerify: AnyCommand = answering(verb, journalVerifyView)
