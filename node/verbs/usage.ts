// Usage: how a verb is written, in one line.
import type { AnyParameter } from './parameter.ts'
import type { AnySignature } from './verb.ts'

/** The parameters of a verb as a list, in the order of their declaration. */
export function parametersOf(
  signature: Pick<AnySignature, 'parameters'>,
): [name: string, parameter: AnyParameter][] {
  return Object.entries(signature.parameters)
}

/** `tell ACTOR MESSAGE [PAYLOAD]`. */
export function usageOf(signature: Pick<AnySignature, 'name' | 'parameters'>): string {
  return [
    signature.name,
    ...parametersOf(signature).map(([name, parameter]) => partOf(name, parameter)),
  ].join(' ')
}

function partOf(name: string, parameter: AnyParameter): string {
  if (parameter.place === 'option')
    return `[${optionOf(name, parameter)}]${parameter.isRepeated === true ? '…' : ''}`
  const shown = `${name.toUpperCase()}${parameter.isRepeated === true ? '…' : ''}`
  return parameter.isRequired ? shown : `[${shown}]`
}

/** `--timeout TIME`, `--once`. */
export function optionOf(name: string, parameter: AnyParameter): string {
  const flag = `--${optionName(name)}`
  return parameter.kind === 'flag' ? flag : `${flag} ${valueName(parameter)}`
}

/** Characters of choices that a usage shows. */
const choicesMax = 30

/** `a|b|c`, undefined where there are too many to stand in a line. */
export function choicesText({ choices }: AnyParameter): string | undefined {
  const all = choices?.join('|')
  return all === undefined || all.length > choicesMax ? undefined : all
}

/** What a parameter is for; with the choices that its usage does not show. */
export function summaryOf(parameter: AnyParameter): string {
  const { summary, choices } = parameter
  return choices === undefined || choicesText(parameter) !== undefined
    ? summary
    : `${summary}: ${choices.join(', ')}`
}

/** `for-good` for the parameter `forGood`. */
export function optionName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

function valueName(parameter: AnyParameter): string {
  switch (parameter.kind) {
    case 'duration':
      return 'TIME'
    case 'count':
      return 'N'
    case 'choice':
      return choicesText(parameter) ?? 'WORD'
    case 'path':
      return 'ACTOR'
    default:
      return parameter.kind.toUpperCase()
  }
}

const units = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const

/** Milliseconds as one writes them to a command: `200ms`, `5s`, `2m`, `1h`. */
export function durationText(ms: number): string {
  const unit = ms === 0 ? undefined : units.find(([, size]) => ms % size === 0)
  return unit === undefined ? `${Math.round(ms * 1_000) / 1_000}ms` : `${ms / unit[1]}${unit[0]}`
}
