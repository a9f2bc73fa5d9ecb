// The vocabulary of supervision: what a definition and a spawn may ask for, as plain data; who decides lives one floor up.

/** When an ended actor is started again: always, after a failure or a kill, or never. */
export type RestartType = 'permanent' | 'transient' | 'temporary'

/** Which siblings fall with a failed child. After Erlang's supervisor. */
export type Strategy = 'one-for-one' | 'one-for-all' | 'rest-for-one'

/** Whether a supervisor ends when its significant children have ended by themselves. */
export type AutoShutdown = 'never' | 'any-significant' | 'all-significant'

/** What a supervisor does about one failure. */
export type Directive = 'resume' | 'restart' | 'stop' | 'escalate'

/** One line of a directive table; the first that matches decides. Give `code` (exact) or `error` (a class). */
export interface DirectiveRule {
  readonly code?: string
  readonly error?: abstract new (...args: never[]) => Error
  readonly directive: Directive
}

/** How long a supervisor waits before a restart, in milliseconds; grows by `factor` until `maxMs`. */
export interface Backoff {
  readonly minMs: number
  readonly maxMs: number
  readonly factor: number
  /** The share of the delay that chance may add or take away, 0 to 1. */
  readonly jitter: number
  /** After this long without a failure the next delay is `minMs` again. */
  readonly resetAfterMs: number
}

/** How an actor looks after its children. */
export interface SupervisionSpec {
  readonly strategy: Strategy
  /** Restarts allowed within `periodMs`; one more is too many. */
  readonly intensity: number
  readonly periodMs: number
  /** One budget for all children, after OTP, or one for each. */
  readonly budget: 'shared' | 'each'
  readonly autoShutdown: AutoShutdown
  readonly directives: readonly DirectiveRule[]
}

/** How an actor wants to be looked after. */
export interface ChildSpec {
  readonly restart: RestartType
  readonly significant: boolean
  /** How long a kind stop may take before it becomes a kill; Infinity waits for ever. */
  readonly shutdownMs: number
  readonly backoff?: Backoff | undefined
}

/** What may be said of a child, as it is written: what is left out has its default, in a backoff too. */
export interface ChildOptions extends Partial<Omit<ChildSpec, 'backoff'>> {
  readonly backoff?: Partial<Backoff> | undefined
}
