// A directive: what a supervisor does about one thrown value, by the first rule that matches.
import { Fault } from '../runtime/fault.ts'
import type { Directive, DirectiveRule } from '../runtime/supervision.ts'
import { knownKeys, memberField, recordField, refusal } from './spec-field.ts'

/** Every directive, for validation and for the console's completion. */
export const directives: readonly Directive[] = ['resume', 'restart', 'stop', 'escalate']

/** Rules of one table; it is read from the top at every failure. */
export const directiveRulesMax = 1_000

const ruleKeys: readonly (keyof DirectiveRule)[] = ['code', 'error', 'directive']

/**
 * Finds the directive for a thrown value: the first rule that matches, else `resume` for a Fault, which is an
 * expected failure, and `restart` for anything else, which is a bug.
 *
 * A code is compared whole, and only with a Fault's: the `code` of a Node.js error matches nothing. A rule
 * with both a code and a class asks for both. A thrown value that is no Error matches no rule.
 */
export function directiveFor(rules: readonly DirectiveRule[], error: unknown): Directive {
  for (const rule of rules) if (matches(rule, error)) return rule.directive
  return Fault.is(error) ? 'resume' : 'restart'
}

function matches(rule: DirectiveRule, error: unknown): boolean {
  if (rule.code === undefined && rule.error === undefined) return false
  if (rule.code !== undefined && !(Fault.is(error) && error.code === rule.code)) return false
  return rule.error === undefined || isInstance(error, rule.error)
}

// A thrown proxy, or a class with a test of its own, may throw while it is asked; that is no match.
function isInstance(error: unknown, kind: NonNullable<DirectiveRule['error']>): boolean {
  try {
    return error instanceof kind
  } catch {
    return false
  }
}

/**
 * Checks a table of rules and returns it as a frozen copy.
 * @throws {Fault} `supervision-invalid` a rule names neither a code nor a class, or one that cannot match
 */
export function directiveRules(given: unknown): readonly DirectiveRule[] {
  if (!Array.isArray(given)) {
    throw refusal(
      'directives',
      given,
      'a list of rules',
      "Write directives as [{ code: 'some-code', directive: 'stop' }].",
    )
  }
  if (given.length > directiveRulesMax) {
    throw refusal(
      'directives',
      given,
      `up to ${directiveRulesMax} rules`,
      'Decide by error class instead of code by code.',
    )
  }
  return Object.freeze(
    Array.from(given, (rule: unknown, index) => directiveRule(rule, `directives[${index}]`)),
  )
}

function directiveRule(given: unknown, field: string): DirectiveRule {
  const rule = recordField(field, given)
  const keys = knownKeys(rule, ruleKeys, `${field}.`)
  if (!keys.includes('code') && !keys.includes('error')) {
    throw refusal(
      field,
      given,
      'a rule with a code or an error class',
      `Add a code to ${field}; error: Error stands for every error.`,
    )
  }
  if (!keys.includes('directive')) {
    throw refusal(
      `${field}.directive`,
      undefined,
      directives.join(' | '),
      `Say in ${field}.directive what to do.`,
    )
  }
  return Object.freeze({
    ...(rule['code'] === undefined ? {} : { code: faultCode(`${field}.code`, rule['code']) }),
    ...(rule['error'] === undefined ? {} : { error: errorClass(`${field}.error`, rule['error']) }),
    directive: memberField(`${field}.directive`, rule['directive'], directives, 'restart'),
  })
}

function faultCode(field: string, value: unknown): string {
  if (typeof value === 'string' && value !== '' && !value.includes('*')) return value
  throw refusal(field, value, 'one whole fault code', `Write ${field} in full, one rule for each code.`)
}

function errorClass(field: string, value: unknown): NonNullable<DirectiveRule['error']> {
  if (isErrorClass(value)) return value
  throw refusal(
    field,
    value,
    'a class that is or extends Error',
    `Give ${field} the class itself, such as TypeError.`,
  )
}

function isErrorClass(value: unknown): value is NonNullable<DirectiveRule['error']> {
  return typeof value === 'function' && (value === Error || value.prototype instanceof Error)
}
