// A refusal as an answer: nothing has changed, and this is why.
import type { Refusal, RefusalCode } from './answer.ts'
import type { Home, HomeSite } from './home.ts'

export function refused(code: RefusalCode, why: string, home?: Home): Refusal {
  return { type: 'refused', code, why, ...(home === undefined ? {} : { home: siteOf(home) }) }
}

export function memberUnknown(number: number): Refusal {
  return refused('member-unknown', `no member has the number ${number}`)
}

/** A home without what is only needed to start the root again. */
export function siteOf({ top, member, epoch }: Home): HomeSite {
  return { top, member, epoch }
}
