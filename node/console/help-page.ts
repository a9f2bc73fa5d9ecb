// The help page: what a command takes, and the list of all commands, made from their signatures.
import { durationText, optionOf, parametersOf, summaryOf, usageOf } from '../verbs/usage.ts'
import type { AnyParameter } from '../verbs/parameter.ts'
import type { AnySignature } from '../verbs/verb.ts'
import type { Style } from './style.ts'

/** Columns of a help page. */
const columnsMax = 80
/** Characters of a name beside which its summary stands; a longer one has a line of its own. */
const nameMax = 18

/** Everything about one command. */
export function helpPage(signature: AnySignature, style: Style): string {
  const { summary, details, examples, risk, role } = signature
  const parts = [
    ...wrap(summary),
    '',
    ...examples.map((example) => `  ${style.paint('active', example)}`),
    '',
    ...wrap(usageOf(signature), columnsMax - 7).map(
      (line, at) => `${at === 0 ? style.paint('strong', 'Usage') : '     '}  ${line}`,
    ),
    ...parameterLines(signature, style),
    '',
    ...(details === undefined ? [] : [...wrap(details), '']),
    style.paint('faint', `Risk ${risk}, role ${role}. Every command also takes --json and --help.`),
  ]
  return parts.join('\n')
}

/** One line for each command. */
export function commandLines(signatures: readonly AnySignature[], style: Style): string[] {
  const width = Math.max(...signatures.map(({ name }) => (name.length > nameMax ? 0 : name.length)))
  return signatures.map(({ name, summary }) => {
    const [first = '', ...more] = wrap(summary, columnsMax - width - 4)
    const indent = ' '.repeat(width + 4)
    const shown = style.paint('active', name.padEnd(width))
    const head = name.length > width ? [`  ${shown}`, `${indent}${first}`] : [`  ${shown}  ${first}`]
    return [...head, ...more.map((line) => `${indent}${line}`)].join('\n')
  })
}

/** The lines about each parameter, options last. */
export function parameterLines(signature: AnySignature, style: Style): string[] {
  const named = parametersOf(signature)
  const sorted = [
    ...named.filter(([, { place }]) => place !== 'option'),
    ...named.filter(([, { place }]) => place === 'option'),
  ]
  const lines = sorted.map(([name, parameter]) => [leftOf(name, parameter), summaryOf(parameter)] as const)
  const width = Math.max(0, ...lines.map(([left]) => left.length))
  return lines.flatMap(([left, summary]) => {
    const texts = wrap(summary, Math.max(24, columnsMax - width - 4))
    return texts.map(
      (text, at) => `  ${at === 0 ? style.paint('active', left.padEnd(width)) : ' '.repeat(width)}  ${text}`,
    )
  })
}

function leftOf(name: string, parameter: AnyParameter): string {
  if (parameter.place !== 'option') return `${name.toUpperCase()}${parameter.isRepeated === true ? '…' : ''}`
  const short = parameter.short === undefined ? '' : `-${parameter.short}, `
  return `${short}${optionOf(name, parameter)}`
}

/** What documents say of all commands: Markdown, made from the same signatures. */
export function reference(signatures: readonly AnySignature[]): string {
  return signatures.map((signature) => referenceOf(signature).join('\n')).join('\n\n')
}

function referenceOf(signature: AnySignature): string[] {
  const { name, summary, details, examples, risk, role } = signature
  const parameters = parametersOf(signature)
  return [
    `### \`${name}\``,
    '',
    `${summary}${details === undefined ? '' : ` ${details}`}`,
    '',
    '```text',
    ...examples,
    '```',
    '',
    `Usage: \`${usageOf(signature)}\`. Risk ${risk}, role ${role}.`,
    ...(parameters.length === 0
      ? []
      : ['', ...parameters.map(([key, parameter]) => `- ${parameterText(key, parameter)}`)]),
  ]
}

function parameterText(name: string, parameter: AnyParameter): string {
  const shown = parameter.place === 'option' ? optionOf(name, parameter) : name.toUpperCase()
  return `\`${shown}\`: ${summaryOf(parameter)}${rangeText(parameter)}`
}

function rangeText({ kind, min, max }: AnyParameter): string {
  if (min === undefined || max === undefined) return ''
  return kind === 'duration' ? ` (${durationText(min)} to ${durationText(max)})` : ` (${min} to ${max})`
}

/** Breaks a text into lines at spaces. */
function wrap(text: string, width: number = columnsMax): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return line === '' ? lines : [...lines, line]
}
