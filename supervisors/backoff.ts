// Backoff: how long a supervisor waits before the next try of a child that keeps failing.
import type { Backoff } from '../runtime/supervision.ts'
import { knownKeys, numberField, recordField, refusal } from './spec-field.ts'
import type { NumberRange } from './spec-field.ts'

/** A Node.js timer fires at once when it is given more, so nothing here may wait longer: about 24.8 days. */
export const delayMsMax = 2_147_483_647

/** The values that a backoff leaves out; `resetAfterMs` is half of `minMs + maxMs`, after Pekko. */
export const backoffDefaults: Backoff = Object.freeze({
  minMs: 100,
  maxMs: 30_000,
  factor: 2,
  jitter: 0.2,
  resetAfterMs: 15_050,
})

const ranges: { readonly [K in keyof Backoff]: NumberRange } = {
  minMs: { min: 1, max: delayMsMax, unit: 'ms' },
  maxMs: { min: 1, max: delayMsMax, unit: 'ms' },
  factor: { min: 1, max: 100 },
  jitter: { min: 0, max: 1 },
  resetAfterMs: { min: 0, max: delayMsMax, unit: 'ms' },
}

/**
 * Says how long to wait before a try. Grows by `factor` with each attempt and never exceeds `maxMs`.
 *
 * Chance moves the delay by up to `jitter` of itself, up or down. Growth ends at `maxMs / (1 + jitter)`, not
 * at `maxMs`, so that children that failed together still come back spread out when all of them have reached
 * the ceiling.
 *
 * @param attempt 1 for the first try after a healthy time; anything lower counts as 1
 * @param chance from 0 up to 1, drawn by the caller
 * @returns milliseconds, from 0 to `maxMs`, not rounded
 */
export function backoffDelay(policy: Backoff, attempt: number, chance: number): number {
  // The power may overflow to Infinity (factor 2: from attempt 1,025 on); 0 × Infinity would be NaN.
  const growth = Math.min(policy.factor ** Math.max(0, attempt - 1), Number.MAX_VALUE)
  const middleMs = Math.min(policy.minMs * growth, policy.maxMs / (1 + policy.jitter))
  return Math.min(middleMs * (1 + policy.jitter * (2 * chance - 1)), policy.maxMs)
}

/**
 * Says which attempt the next try is: 1 after a healthy time, one more than the last otherwise.
 *
 * @param attempt the last attempt's number, 0 when there was none
 * @param upMs how long the child lived since it was started last
 */
export function nextAttempt(policy: Backoff, attempt: number, upMs: number): number {
  return upMs >= policy.resetAfterMs ? 1 : attempt + 1
}

/**
 * Completes and checks a backoff.
 * @param given any part of a backoff; nothing gives `backoffDefaults` itself
 * @param field the name to be used in faults
 * @throws {Fault} `supervision-invalid` a field is unknown or out of range, or `minMs` exceeds `maxMs`
 */
export function backoff(given: Partial<Backoff> = {}, field: string = 'backoff'): Backoff {
  const record = recordField(field, given)
  const keys = knownKeys(record, Object.keys(ranges), `${field}.`)
  if (keys.length === 0) return backoffDefaults
  const take = (name: keyof Backoff, fallback: number): number =>
    numberField(`${field}.${name}`, record[name], ranges[name], fallback)
  const minMs = take('minMs', backoffDefaults.minMs)
  const maxMs = take('maxMs', backoffDefaults.maxMs)
  if (minMs > maxMs) {
    throw refusal(
      `${field}.minMs`,
      minMs,
      `at most ${field}.maxMs, ${maxMs} ms`,
      `Raise ${field}.maxMs to ${minMs} or more.`,
    )
  }
  return Object.freeze({
    minMs,
    maxMs,
    factor: take('factor', backoffDefaults.factor),
    jitter: take('jitter', backoffDefaults.jitter),
    resetAfterMs: take('resetAfterMs', (minMs + maxMs) / 2),
  })
}
