// A family of commands: those whose names begin with the same word, such as `journal ls` and `journal show`.
import { escapeText } from '../../runtime/escape.ts'
import { Fault } from '../../runtime/fault.ts'
import { nearest } from '../../runtime/nearest.ts'
import type { AnySignature } from '../verbs/verb.ts'
import type { Token } from './tokens.ts'

type Named = Pick<AnySignature, 'name'>

/** The command that a line calls, and the words that are left for it. */
export interface Called<C> {
  readonly command: C
  readonly words: readonly Token[]
}

/** Finds the command at the head of a line: two words if they are a name, else one. @throws {Fault} `command-unknown` */
export function called<C extends Named>(commands: readonly C[], tokens: readonly Token[]): Called<C> {
  const [first = '', second] = tokens.map(({ text }) => text)
  const pair = commands.find(({ name }) => name === `${first} ${second}`)
  if (pair !== undefined) return { command: pair, words: tokens.slice(2) }
  const isFamily = actsOf(commands, first).length > 0 && commands.every(({ name }) => name !== first)
  const name = isFamily ? `${first} ${second ?? ''}`.trimEnd() : first
  return { command: commandNamed(commands, name), words: tokens.slice(1) }
}

/** What may stand behind the first word of a family, in the order of the table; empty for a word that is none. */
export function actsOf(commands: readonly Named[], first: string): string[] {
  return commands.flatMap(({ name }) => (name.startsWith(`${first} `) ? [name.slice(first.length + 1)] : []))
}

/** All first words, each once, sorted. */
export function firstWords(commands: readonly Named[]): string[] {
  return [...new Set(commands.map(({ name }) => name.split(' ', 1)[0] ?? name))].toSorted()
}

/** Finds a command by its whole name. @throws {Fault} `command-unknown` */
export function commandNamed<C extends Named>(commands: readonly C[], name: string): C {
  const found = commands.find((command) => command.name === name)
  if (found !== undefined) return found
  const shown = escapeText(name, 60)
  const acts = actsOf(commands, name)
  if (acts.length > 0) {
    throw new Fault('command-unknown', `Cannot run "${shown}": it is ${acts.length} commands`, {
      hint: `Write one of: ${acts.map((act) => `${name} ${act}`).join(', ')}.`,
    })
  }
  const near = nearest(
    name,
    commands.map((command) => command.name),
  )
  throw new Fault('command-unknown', `Cannot run "${shown}": there is no such command`, {
    hint: near === undefined ? 'See all with "help".' : `Did you mean "${near}"? See all with "help".`,
  })
}
