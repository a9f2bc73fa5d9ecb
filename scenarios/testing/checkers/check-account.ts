// C-ACCOUNT: no message is lost from the books, and none of those that were sent is missing from the history.
import { isBalanced } from '../../../runtime/accounting.ts'
import { isWhole } from './history.ts'
import { broken, kept, missing } from './verdict.ts'
import type { Account } from '../../../runtime/accounting.ts'
import type { History, Id, Sent } from './history.ts'
import type { Verdict } from './verdict.ts'

/** Guarantee D1, second half. A history without books is judged by its messages alone. */
export function checkAccount(history: History): Verdict {
  let last: Account | undefined
  const open = new Map<Id, Sent>()
  let count = 0
  for (const event of history) {
    if (event.type === 'books') {
      const { path, account } = event
      if (!isBalanced(account))
        return broken(`the books of "${path}" do not balance: ${JSON.stringify(account)}`)
      if (path === '') last = account
    }
    if (event.type === 'sent') {
      open.set(event.id, event)
      count++
    }
    if (event.type === 'handled' || event.type === 'dead') open.delete(event.id)
  }
  return judge(history, { last, open, count })
}

/** Messages without a fate must lie somewhere: as many as the last books of the node say. */
function judge(
  history: History,
  found: { readonly last: Account | undefined; readonly open: Map<Id, Sent>; readonly count: number },
): Verdict {
  const { last, open, count } = found
  const held = last === undefined ? 0 : last.waiting + last.stashed + last.inHand
  const [first] = open.values()
  if (first === undefined || open.size <= held) return kept(count, 'messages')
  return missing(
    isWhole(history),
    `${open.size} messages have no fate and ${held} are held: the first is ${first.id} from "${first.from}" to "${first.to}"`,
  )
}
