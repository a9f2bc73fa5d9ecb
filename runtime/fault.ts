// A fault: an expected failure with a stable code, what happened and what to do. It crosses threads and hosts as a record.
import { faultDetails } from './fault-details.ts'
import { describeThrown } from './thrown.ts'
import type { FaultDetails } from './fault-details.ts'
import type { Thrown } from './thrown.ts'

/** Whether the sender knows what became of the attempt; `unknown` means it may have had its effect. */
export type FaultOutcome = 'known' | 'unknown'

export interface FaultOptions {
  /** One imperative sentence: what to do about it. */
  readonly hint: string
  /** The values behind the message: plain data; anything else is named instead of kept. */
  readonly details?: Readonly<Record<string, unknown>> | undefined
  /** What led to it; any value that was thrown, also undefined. */
  readonly cause?: unknown
  /** Default `known`. */
  readonly outcome?: FaultOutcome | undefined
}

/** A fault as plain data. The cause is named only: its object, stack and own cause stay where it was thrown. */
export interface FaultRecord {
  readonly code: string
  readonly message: string
  readonly hint: string
  readonly details?: FaultDetails
  /** Left out if known. */
  readonly outcome?: FaultOutcome
  readonly cause?: Thrown
}

/**
 * An expected failure. Thrown by a handler it is an answer: the asker gets it with code, message and hint, wherever it lives.
 * @example
 * throw new Fault('account-overdrawn', `Cannot withdraw ${amount}: the balance is ${balance}`, {
 *   hint: 'Deposit first, or withdraw less.',
 *   details: { amount, balance },
 * })
 */
export class Fault extends Error {
  static {
    Fault.prototype.name = 'Fault'
  }

  // Only a real fault has it; unlike `instanceof` it can be asked without running a proxy's traps.
  readonly #isFault = true
  /** Names the kind of failure, as `noun-state`; stable, meant for programs. */
  readonly code: string
  readonly hint: string
  readonly details: FaultDetails | undefined
  readonly outcome: FaultOutcome

  /**
   * @param code the noun and the state it is in: `mailbox-full`
   * @param message what was attempted, a colon, how things stood with values and units
   */
  constructor(code: string, message: string, options: FaultOptions) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.hint = options.hint
    this.details = options.details === undefined ? undefined : faultDetails(options.details)
    this.outcome = options.outcome ?? 'known'
  }

  /** Whether the value is a fault; never throws, whatever it is. */
  static is(this: void, value: unknown): value is Fault {
    return typeof value === 'object' && value !== null && #isFault in value && value.#isFault
  }

  /** Rebuilds a fault from its record, with a cause of the same name and message. */
  static from(record: FaultRecord): Fault {
    const { code, message, hint, details, outcome, cause } = record
    return withoutStack(
      () =>
        new Fault(code, message, {
          hint,
          details,
          outcome,
          ...(cause === undefined ? {} : { cause: causeError(cause) }),
        }),
    )
  }

  /**
   * Makes a fault of whatever was thrown; a fault stays the one it is. Never throws. The stack is the cause's affair: this one has none.
   * @param attempted the first half of the message: `Cannot start "bank/ada"`
   */
  static wrap(error: unknown, code: string, attempted: string): Fault {
    if (Fault.is(error)) return error
    const { name, message } = describeThrown(error)
    const thrown = message === '' ? name : `${name}: ${message}`
    return withoutStack(
      () =>
        new Fault(code, `${attempted}: it threw ${thrown}`, {
          hint: 'Read the cause, and mend the code that threw it or let it throw a Fault.',
          cause: error,
        }),
    )
  }

  toJSON(): FaultRecord {
    return {
      code: this.code,
      message: this.message,
      hint: this.hint,
      ...(this.details === undefined ? {} : { details: this.details }),
      ...(this.outcome === 'known' ? {} : { outcome: this.outcome }),
      ...(Object.hasOwn(this, 'cause') ? { cause: describeThrown(this.cause) } : {}),
    }
  }
}

function causeError(cause: Thrown): Error {
  const error = new Error(cause.message)
  Object.defineProperty(error, 'name', { value: cause.name, configurable: true, writable: true })
  return error
}

/** Where a fault is wrapped or rebuilt says nothing, and to find it out costs more than all the rest. */
function withoutStack(make: () => Fault): Fault {
  const framesMax = Error.stackTraceLimit
  try {
    Error.stackTraceLimit = 0
    return make()
  } finally {
    Error.stackTraceLimit = framesMax
  }
}
