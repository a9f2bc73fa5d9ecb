// An uncaught failure: what code threw where nobody waited, told with its place.
import { describeThrown } from '../../runtime/thrown.ts'
import { stackHead } from '../verbs/stack-head.ts'
import type { Style } from './style.ts'

/** Lines of the stack that are told. */
const linesMax = 3

/** @param count how many there were, this one included */
export function uncaughtText(thrown: unknown, count: number, style: Style): string {
  const { name, message } = describeThrown(thrown)
  const what = message === '' ? name : `${name}: ${message}`
  return [
    `${style.paint('bad', 'uncaught')}: ${style.safe(what, 500)}`,
    ...stackHead(thrown)
      .slice(0, linesMax)
      .map((line) => `  ${style.safe(line, 300)}`),
    `${style.paint('faint', style.characters.arrow)} Await it in the handler that began it; the node goes on (${count} so far).`,
  ].join('\n')
}
