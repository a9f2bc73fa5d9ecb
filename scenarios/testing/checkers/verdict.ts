// A verdict: what a checker says of a history.

/** `holds` is `unknown` where the history ends too early to tell. The reason names the first event that decided. */
export interface Verdict {
  readonly holds: true | false | 'unknown'
  readonly reason: string
}

/** The guarantee was kept, as far as there was a case of it: a test that saw none has tested nothing. */
export function kept(count: number, what: string): Verdict {
  if (count === 0) return unknown(`there were no ${what}`)
  return { holds: true, reason: `kept over ${count} ${what}` }
}

export function broken(reason: string): Verdict {
  return { holds: false, reason }
}

export function unknown(reason: string): Verdict {
  return { holds: 'unknown', reason }
}

/** What is missing is a breach in a whole history; in one that goes on it may still come. */
export function missing(isWhole: boolean, reason: string): Verdict {
  return isWhole ? broken(reason) : unknown(reason)
}
