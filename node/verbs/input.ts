// The input of a verb: values from outside, checked against its parameters and completed.
import { escapeText } from '../../runtime/escape.ts'
import { Fault } from '../../runtime/fault.ts'
import { nearest } from '../../runtime/nearest.ts'
import { durationText, optionName, parametersOf, usageOf } from './usage.ts'
import type { AnyParameter } from './parameter.ts'
import type { AnySignature } from './verb.ts'

/** Characters of a refused value that are shown. */
const shownMax = 60

/**
 * Checks values that came by the console, by HTTP or from a program, and fills in what may be left out. A verb's parameters tie the result
 * to the type of its input.
 * @throws {Fault} `argument-missing` `argument-invalid` `option-unknown`
 */
export function inputOf(
  signature: AnySignature,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const parameters = parametersOf(signature)
  const unknown = Object.keys(given).find((key) => !parameters.some(([name]) => name === key))
  if (unknown !== undefined) throw optionUnknown(signature, unknown)
  const input: Record<string, unknown> = {}
  for (const [name, parameter] of parameters) input[name] = valueOf(signature, name, parameter, given[name])
  return input
}

/** The fault for an option that a verb does not have. */
export function optionUnknown(signature: AnySignature, name: string): Fault {
  const options = parametersOf(signature).flatMap(([key, { place }]) =>
    place === 'option' ? [optionName(key)] : [],
  )
  const near = nearest(name, options)
  const all = options.length === 0 ? 'It has none.' : `It has ${options.map((key) => `--${key}`).join(', ')}.`
  return new Fault(
    'option-unknown',
    `Cannot run "${signature.name}": there is no option "${escapeText(name, shownMax)}"`,
    {
      hint: near === undefined ? all : `Write --${near}. ${all}`,
    },
  )
}

/** Which value of which verb. */
export interface ArgumentPlace {
  readonly verb: string
  readonly name: string
}

/** The fault for a value that a parameter cannot take. */
export function argumentInvalid(
  { verb, name }: ArgumentPlace,
  value: unknown,
  allowed: string,
  hint: string = `Give ${allowed}; see "help ${verb}".`,
): Fault {
  const shown = typeof value === 'string' ? `"${escapeText(value, shownMax)}"` : `a ${typeof value}`
  return new Fault('argument-invalid', `Cannot run "${verb}": ${name} is ${shown}, not ${allowed}`, {
    hint,
    details: { parameter: name },
  })
}

function valueOf(signature: AnySignature, name: string, parameter: AnyParameter, value: unknown): unknown {
  if (value === undefined) {
    if (!parameter.isRequired) return parameter.fallback
    throw new Fault('argument-missing', `Cannot run "${signature.name}": ${name.toUpperCase()} is missing`, {
      hint: `Write: ${usageOf(signature)}`,
    })
  }
  const values: readonly unknown[] = parameter.isRepeated === true && Array.isArray(value) ? value : [value]
  for (const one of values) checkValue({ verb: signature.name, name }, parameter, one)
  return value
}

function checkValue(place: ArgumentPlace, parameter: AnyParameter, value: unknown): void {
  switch (parameter.kind) {
    case 'payload':
      return
    case 'flag':
      if (typeof value !== 'boolean') throw argumentInvalid(place, value, 'true or false')
      return
    case 'count':
    case 'duration':
      checkNumber(place, parameter, value)
      return
    case 'choice':
      checkChoice(place, parameter, value)
      return
    default:
      if (typeof value !== 'string' || value === '')
        throw argumentInvalid(place, value, `a ${parameter.kind}`)
  }
}

function checkNumber(place: ArgumentPlace, parameter: AnyParameter, value: unknown): void {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = parameter
  const isTime = parameter.kind === 'duration'
  if (typeof value === 'number' && value >= min && value <= max && (isTime || Number.isInteger(value))) return
  const allowed = isTime
    ? `a time from ${durationText(min)} to ${durationText(max)}`
    : `a whole number from ${min} to ${max}`
  const shown = typeof value === 'number' ? (isTime ? durationText(value) : String(value)) : value
  throw argumentInvalid(place, shown, allowed)
}

function checkChoice(place: ArgumentPlace, parameter: AnyParameter, value: unknown): void {
  const choices = parameter.choices ?? []
  if (typeof value === 'string' && choices.includes(value)) return
  const near = typeof value === 'string' ? nearest(value, choices) : undefined
  const allowed = `one of ${choices.join(', ')}`
  throw argumentInvalid(
    place,
    value,
    allowed,
    near === undefined ? undefined : `Write ${near}, or another of ${choices.join(', ')}.`,
  )
}
