// A command: a verb bound to how people see its answer, or something that the console does itself.
import { performStream } from '../verbs/perform-stream.ts'
import { perform } from '../verbs/perform.ts'
import type { Disk, DurableDisk } from '../../runtime/disk.ts'
import type { Node } from '../node.ts'
import type { Incomplete } from '../verbs/perform-here.ts'
import type { AnySignature, MainVerb, Signature, StreamingVerb, Verb, VerbContext } from '../verbs/verb.ts'
import type { Column } from './columns.ts'
import type { Style } from './style.ts'

/** What a command may use of the console that runs it. */
export interface Shell {
  readonly node: Node
  readonly disk: Disk
  /** For files that are read or written piece by piece. */
  readonly durableDisk: DurableDisk
  readonly commands: readonly AnyCommand[]
  /** Runs the lines of a script up to the first that fails; returns how many ran. */
  runScript(file: string, lines: readonly string[], signal: AbortSignal): Promise<number>
  /** Makes the console end after this command. */
  leave(): void
}

/** A table that a command prints, so that a test can compare its columns with the data. */
export interface Table<D, R> {
  rows(data: D): readonly R[]
  readonly columns: readonly Column<R>[]
}

/** How one answer is shown. */
export interface View<D> {
  /** For people; without an end of line. Empty prints nothing. */
  print(data: D, style: Style): string
  /** What is tabulated, if anything is. */
  readonly table?: Table<D, never>
  /** What the numbers of its progress are; default a plain count. */
  readonly counts?: 'bytes'
  /** The answer is no: exit code 1 without a fault. */
  isNo?(data: D): boolean
}

/** How a stream of records is shown. */
export interface StreamView<I, R> {
  /** What stands above the records. */
  head?(input: I, style: Style): string
  record(record: R, style: Style): string
  /** The whole screen for one record, on a terminal that is redrawn. */
  screen?(record: R, style: Style): string
  readonly table?: Table<R, never>
  /** Changes the input to suit where the output goes. */
  suit?(input: I, style: Style): I
}

interface AnyView extends AnySignature {
  readonly table?: Table<never, never>
}

/** A command with one answer. */
export interface AnsweringCommand extends AnyView {
  readonly answers: 'once'
  run(shell: Shell, input: unknown, context: VerbContext): unknown
  print(data: unknown, style: Style): string
  isNo(data: unknown): boolean
  readonly counts?: 'bytes'
}

/** A command that goes on answering. */
export interface StreamingCommand extends AnyView {
  readonly answers: 'stream'
  run(shell: Shell, input: unknown, context: VerbContext): AsyncIterable<unknown>
  head(input: unknown, style: Style): string
  record(record: unknown, style: Style): string
  readonly screen: ((record: unknown, style: Style) => string) | undefined
  suit(input: unknown, style: Style): unknown
}

export type AnyCommand = AnsweringCommand | StreamingCommand

// The makers below forget the types of one verb, so that a table can hold all of them: what `run` is given has gone through `inputOf`
// with the same parameters, and what `print` is given came from the same `run`.

/** Binds a verb to its view. */
export function answering<I, D>(verb: Verb<I, D> | MainVerb<I, D>, view: View<D>): AnyCommand {
  const print = (data: D, style: Style): string => withSilent(view.print(data, style), data, style)
  const run = (shell: Shell, input: I, context: VerbContext): D | Promise<D> =>
    perform(shell.node, verb, input, context)
  return own({ ...verb, run }, { ...view, print })
}

/** Says which threads and nodes an answer lacks. */
function withSilent(text: string, data: unknown, style: Style): string {
  const { silent = [], silentNodes = [], refusedNodes = [] } = Object(data) as Incomplete
  const lines = [
    silent.length === 0 ? '' : `${listed('thread', silent.map(String))}: no answer in time; see "threads"`,
    silentNodes.length === 0 ? '' : `${listed('node', silentNodes)}: no answer in time; see "nodes"`,
    ...refusedNodes.map(({ node, code }) => `node ${node}: it refused with ${code}`),
  ].filter((line) => line !== '')
  const told = lines.map((line) =>
    style.paint('warning', `${style.characters.more} without ${style.safe(line, 500)}`),
  )
  return [text, ...told].join('\n')
}

/** `thread 2`, `nodes b, c`. */
function listed(noun: string, names: readonly string[]): string {
  return `${noun}${names.length === 1 ? '' : 's'} ${names.join(', ')}`
}

/** What the console does itself. */
export interface OwnVerb<I, D> extends Signature<I> {
  run(shell: Shell, input: I, context: VerbContext): D | Promise<D>
}

/** Binds something that only a console does to its view. */
export function own<I, D>(verb: OwnVerb<I, D>, view: View<D>): AnyCommand {
  const command = {
    ...verb,
    answers: 'once',
    run: (shell: Shell, input: I, context: VerbContext) => verb.run(shell, input, context),
    print: (data: D, style: Style) => view.print(data, style),
    isNo: (data: D) => view.isNo?.(data) ?? false,
    ...(view.counts === undefined ? {} : { counts: view.counts }),
    ...(view.table === undefined ? {} : { table: view.table }),
  }
  return command as unknown as AnsweringCommand
}

/** Binds a streaming verb to its view. */
export function streaming<I, R>(verb: StreamingVerb<I, R>, view: StreamView<I, R>): AnyCommand {
  const command = {
    ...verb,
    run: (shell: Shell, input: I, context: VerbContext) => performStream(shell.node, verb, input, context),
    head: (input: I, style: Style) => view.head?.(input, style) ?? '',
    record: (record: R, style: Style) => view.record(record, style),
    screen:
      view.screen === undefined ? undefined : (record: R, style: Style) => view.screen?.(record, style) ?? '',
    suit: (input: I, style: Style) => view.suit?.(input, style) ?? input,
    ...(view.table === undefined ? {} : { table: view.table }),
  }
  return command as unknown as StreamingCommand
}

/** Says which rows of the data are tabulated and how. */
export function table<D, R>(rows: (data: D) => readonly R[], columns: readonly Column<R>[]): Table<D, never> {
  return { rows, columns } as unknown as Table<D, never>
}
