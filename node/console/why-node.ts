// The account of a node in words: what it is now, and why each of its former lives has ended.
import { dayTime } from './time-text.ts'
import { pairLines } from './pairs.ts'
import type { EndedLine } from '../verbs/ended-line.ts'
import type { Style } from './style.ts'
import type { WhyNode } from '../verbs/why-node.ts'

export function whyNodeText(data: WhyNode, style: Style): string {
  const { node, number, status, opinion, pending, ended } = data
  const head = pairLines(
    [
      ['node', style.paint('strong', style.safe(node, 120))],
      ['status', number === null ? 'no member now' : `${status ?? ''}, member ${number}`],
      [
        'suspected',
        opinion === null
          ? ''
          : style.paint('warning', `${opinion.evidence}, silent for ${opinion.silentMs} ms`),
      ],
      ['judged', pending.map((line) => style.safe(line, 500)).join('\n')],
    ],
    style,
  )
  if (ended.length === 0)
    return [...head, style.paint('faint', 'None of its lives has ended that is remembered.')].join('\n')
  return [...head, ...ended.flatMap((one) => ['', endedLines(one, style).join('\n')])].join('\n')
}

/** The whole decision: its line, what became of the roots, and all that was known. */
function endedLines(ended: EndedLine, style: Style): string[] {
  const { number, end, view, at, lines, by } = ended
  const [why = '', ...facts] = lines
  return [
    `${style.paint('faint', dayTime(at))}  ${style.paint('strong', `member ${number} ${end}`)} in view ${view}${by === '' ? '' : `, proposed by ${style.safe(by, 120)}`}`,
    `  ${style.safe(why, 500)}`,
    `  roots: ${rootsText(ended)}`,
    ...facts.map((line) => style.paint('faint', `  ${style.safe(line, 500)}`)),
  ]
}

/** `2 went elsewhere, 1 waits`. */
export function rootsText({
  rehomed,
  waiting,
  stopped,
}: Pick<EndedLine, 'rehomed' | 'waiting' | 'stopped'>): string {
  const parts = [
    rehomed === 0 ? '' : `${rehomed} went elsewhere`,
    waiting === 0 ? '' : `${waiting} ${waiting === 1 ? 'waits' : 'wait'}`,
    stopped === 0 ? '' : `${stopped} let go`,
  ].filter((part) => part !== '')
  return parts.length === 0 ? 'none' : parts.join(', ')
}
