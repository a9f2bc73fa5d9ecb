// May it sleep: a decision about one entity, by what it has and does at the moment.

/**
 * What keeps an entity awake: `busy` it runs, starts, ends or is suspended · `mail` messages or signals wait · `children` it has some ·
 * `timers` they would be forgotten · `stash` it has put messages aside · `watched` somebody waits for its end · `watching` it waits for the
 * end of somebody · `fresh` it was woken and what woke it has not come yet · `unsaved` something of it is not safe yet.
 */
export type AwakeReason = (typeof awakeReasons)[number]

export const awakeReasons = [
  'busy',
  'mail',
  'children',
  'timers',
  'stash',
  'watched',
  'watching',
  'fresh',
  'unsaved',
] as const

/** What is to be known of an entity. */
export interface SleepFacts {
  readonly isBusy: boolean
  readonly hasMail: boolean
  readonly children: number
  /** Those that a next life would not have. */
  readonly timers: number
  readonly stashed: number
  readonly watchers: number
  readonly watching: number
  /** Messages that it has accepted in this life or before. */
  readonly accepted: number
  readonly isUnsaved: boolean
}

/** Why it may not sleep; undefined if it may. A fresh one may once it was idle for long: what was to come for it has gone elsewhere. */
export function whyAwake(facts: SleepFacts, isLongIdle: boolean): AwakeReason | undefined {
  if (facts.isBusy) return 'busy'
  if (facts.hasMail) return 'mail'
  if (facts.children > 0) return 'children'
  if (facts.timers > 0) return 'timers'
  if (facts.stashed > 0) return 'stash'
  if (facts.watchers > 0) return 'watched'
  if (facts.watching > 0) return 'watching'
  if (facts.isUnsaved) return 'unsaved'
  return facts.accepted === 0 && !isLongIdle ? 'fresh' : undefined
}
