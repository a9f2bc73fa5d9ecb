// A supervision spec: how an actor looks after its children and is to be looked after, completed and checked.
import type { ChildOptions, ChildSpec, RestartType, SupervisionSpec } from '../runtime/supervision.ts'
import { backoff, delayMsMax } from './backoff.ts'
import { budgetDefaults } from './budget.ts'
import { directiveRules } from './directive.ts'
import { restartTypes } from './restart-type.ts'
import { autoShutdowns } from './significance.ts'
import { flagField, knownKeys, memberField, numberField, recordField, refusal } from './spec-field.ts'
import { strategies } from './strategy.ts'
import type { NumberRange } from './spec-field.ts'

/** A restart window holds this many numbers, 8 MB; who allows more restarts wants no budget but a backoff. */
export const intensityMax = 1_000_000
/** A day: failures further apart have nothing to do with each other. */
export const periodMsMax = 86_400_000
/** A kind stop that takes longer becomes a kill; after OTP's default for workers. */
export const shutdownMsDefault = 5_000

/** How an actor looks after its children unless it says otherwise. */
export const supervisionDefaults: SupervisionSpec = Object.freeze({
  strategy: 'one-for-one',
  ...budgetDefaults,
  budget: 'shared',
  autoShutdown: 'never',
  directives: Object.freeze([]),
})

/** A child of `spawn` unless it says otherwise: one that ended well is not started again. */
export const spawnedDefaults: ChildSpec = childDefaults('transient')
/** A child in a supervisor's list unless it says otherwise: it is there to stay. */
export const listedDefaults: ChildSpec = childDefaults('permanent')

const intensityRange: NumberRange = { min: 0, max: intensityMax, whole: true }
const periodRange: NumberRange = { min: 1, max: periodMsMax, unit: 'ms' }
const shutdownRange: NumberRange = { min: 0, max: delayMsMax, unit: 'ms', endless: true }
const budgets: readonly SupervisionSpec['budget'][] = ['shared', 'each']
const supervisionKeys: readonly string[] = Object.keys(supervisionDefaults)
const childKeys: readonly string[] = Object.keys(spawnedDefaults)

/**
 * Completes and checks how an actor looks after its children.
 * @param given any part of a spec; nothing gives `supervisionDefaults` itself
 * @returns a frozen spec
 * @throws {Fault} `supervision-invalid` a field is unknown or out of range, or two do not go together
 */
export function supervisionSpec(given?: Partial<SupervisionSpec>): SupervisionSpec {
  if (given === undefined) return supervisionDefaults
  const record = recordField('supervision', given)
  if (knownKeys(record, supervisionKeys).length === 0) return supervisionDefaults
  const usual = supervisionDefaults
  const spec: SupervisionSpec = {
    strategy: memberField('strategy', record['strategy'], strategies, usual.strategy),
    intensity: numberField('intensity', record['intensity'], intensityRange, usual.intensity),
    periodMs: numberField('periodMs', record['periodMs'], periodRange, usual.periodMs),
    budget: memberField('budget', record['budget'], budgets, usual.budget),
    autoShutdown: memberField('autoShutdown', record['autoShutdown'], autoShutdowns, usual.autoShutdown),
    directives: record['directives'] === undefined ? usual.directives : directiveRules(record['directives']),
  }
  if (spec.budget === 'each' && spec.strategy !== 'one-for-one') {
    const hint = `Set budget to 'shared', or strategy to 'one-for-one'.`
    throw refusal(
      'budget',
      spec.budget,
      `'shared' with strategy '${spec.strategy}', which restarts a group as one`,
      hint,
    )
  }
  return Object.freeze(spec)
}

/**
 * Completes and checks how a child wants to be looked after.
 * @param given any part of a spec; nothing gives `defaults` itself, without allocation
 * @param defaults `spawnedDefaults`, `listedDefaults`, or what the child's definition said
 * @param passed names in `given` that belong to the caller, such as `name`; they are not read
 * @returns a frozen spec
 * @throws {Fault} `supervision-invalid` a field is unknown or out of range, or a permanent child is significant
 */
export function childSpec(
  given?: ChildOptions,
  defaults: ChildSpec = spawnedDefaults,
  passed: readonly string[] = [],
): ChildSpec {
  if (given === undefined) return defaults
  const record = recordField('child', given)
  const keys = knownKeys(record, passed.length === 0 ? childKeys : [...passed, ...childKeys])
  if (keys.every((key) => passed.includes(key))) return defaults
  const spec: ChildSpec = {
    restart: memberField('restart', record['restart'], restartTypes, defaults.restart),
    significant: flagField('significant', record['significant'], defaults.significant),
    shutdownMs: numberField('shutdownMs', record['shutdownMs'], shutdownRange, defaults.shutdownMs),
    backoff: given.backoff === undefined ? defaults.backoff : backoff(given.backoff),
  }
  if (spec.significant && spec.restart === 'permanent') {
    const hint = `Set restart to 'transient' or 'temporary', or leave significant out.`
    throw refusal('significant', true, 'false for a permanent child, which never ends by itself', hint)
  }
  return Object.freeze(spec)
}

/**
 * Checks that a supervisor can have this child, as OTP does: a significant one asks for an automatic
 * shutdown.
 * @throws {Fault} `supervision-invalid` the child is significant and its supervisor never shuts down by itself
 */
export function admitChild(supervision: SupervisionSpec, child: ChildSpec): void {
  if (!child.significant || supervision.autoShutdown !== 'never') return
  const hint = `Set autoShutdown of the supervisor to 'any-significant' or 'all-significant', or leave significant out.`
  throw refusal('significant', true, `false under a supervisor with autoShutdown 'never'`, hint)
}

function childDefaults(restart: RestartType): ChildSpec {
  return Object.freeze({ restart, significant: false, shutdownMs: shutdownMsDefault, backoff: undefined })
}
