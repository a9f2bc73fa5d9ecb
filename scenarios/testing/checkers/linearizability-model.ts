// A linear model: what a single copy of something does with each call, and the calls that were seen of it.

/**
 * What a single copy does. Of each key there is one, that begins in `start`.
 */
export interface LinearModel<State, Call, Reply> {
  readonly start: State
  /**
   * The state after the call; undefined if the reply cannot be that of such a call in such a state. Without a reply (nobody knows what became
   * of the call) the state after it, had it happened.
   */
  readonly step: (state: State, call: Call, reply: Reply | undefined) => State | undefined
  /** Whether a call with that reply changes nothing in any state; such calls make the search quick. */
  readonly isLook: (call: Call, reply: Reply | undefined) => boolean
  /** The same text for the same state, and only then. */
  readonly nameOf: (state: State) => string
}

/** One call of one client. Times are of one clock, or places in one history; a tie counts as at the same time. */
export interface Operation<Call, Reply> {
  readonly client: string
  readonly key: string
  readonly call: Call
  readonly invoked: number
  /**
   * `ok` with its reply · `fail` it surely had no effect · `info` nobody knows: it may take effect at any time after it was invoked, or never.
   */
  readonly outcome: 'ok' | 'fail' | 'info'
  /** Of `ok` alone. */
  readonly reply?: Reply
  /** Of `ok` alone. */
  readonly returned?: number
}
