// Usage: how a verb is written, in one line.
import type { AnyParameter } from './parameter.ts'
import type { AnySignature } from './verb.ts'

/** The parameters of a verb as a list, in the order of their declaration. */
export function parametersOf(signature: Pick<AnySignature, 'parameters'>): [name: string, parameter: AnyParameter][] {
  return Object.entries(signature.parameters)
}

/** `tell ACTOR MESSAGE [PAYLOAD]`. */
export function usageOf(signature: Pick<AnySignature, 'name' | 'parameters'>): string {
  return [signature.name, ...parametersOf(signature).map(([name, parameter]) => partOf(name, parameter))].join(' ')
}

function partOf(name: string, parameter: AnyParameter): string {
  if (parameter.place === 'option') return `[${optionOf(name, parameter)}]${parameter.isRepeated === true ? '…' : ''}`
  const shown = `${name.toUpperCase()}${parameter.isRepeated === true ? '…' : ''}`
  return parameter.isRequired ? shown : `[${shown}]`
}

/** `--timeout TIME`, `--once`. */
export function optionOf(name: string, parameter: AnyParameter): string {
  const flag = `--${optionName(name)}`
  return parameter.kind === 'flag' ? flag : `${flag} ${valueName(parameter)}`
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
      return parameter.choices?.join('|') ?? 'WORD'
    case 'path':
      return 'ACTOR'
    default:
      return parameter.kind.toUpperCase()
  }
}

/** Milliseconds as a person writes them: `200ms`, `5s`, `2m`, `1h`. */
export function durationText(ms: number): string {
  if (ms < 1_000 || !Number.isInteger(ms / 100)) return `${Math.round(ms * 1_000) / 1_000}ms`
  const [unit, size] = ms % 3_600_000 === 0 ? ['h', 3_600_000] : ms % 60_000 === 0 ? ['m', 60_000] : ['s', 1_000]
  return `${ms / Number(size)}${unit}`
}
