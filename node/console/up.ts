// The program `troupe up`: a cluster of local nodes with trust set up, and one console that is a node of it too.
import { count, file, option, optionOr } from '../verbs/parameter.ts'
import { helpPage } from './help-page.ts'
import { inputOf } from '../verbs/input.ts'
import { localCommands } from './local-commands.ts'
import { localNodesMax, startLocalNodes } from '../cluster/local-nodes.ts'
import { readArguments } from './arguments.ts'
import { resolve } from 'node:path'
import type { AnyCommand } from './command.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { LocalNodes, LocalNodesOptions } from '../cluster/local-nodes.ts'
import type { ProgramInput } from './program.ts'
import type { SessionOptions } from './session.ts'
import type { Signature } from '../verbs/verb.ts'
import type { Style } from './style.ts'
import type { Token } from './tokens.ts'

interface UpInput {
  readonly nodes: number
  readonly dir: string | undefined
}

/** What was asked for. */
export interface UpOrder extends UpInput {
  readonly isJson: boolean
}

/** What it needs of the world. */
export interface UpSurroundings {
  readonly clock: Clock
  /** Aborted when somebody does not want it any more. */
  readonly signal: AbortSignal
  /** Tells people how far it is. */
  tell(text: string): void
  /** Opens a console on a node of the cluster, with more commands than others have. */
  hold(options: SessionOptions, commands: readonly AnyCommand[]): Promise<number>
}

/** The name of the node that the console is on. */
export const consoleName = 'console'

export const upSignature: Signature<UpInput> = {
  name: 'troupe up',
  summary:
    'Starts a cluster of nodes n1, n2 and so on, each a process of its own, and a console that is in it too.',
  details:
    'They trust each other by keys in the folder, and are reached from this machine alone. The console has "local ls", "local kill NAME" ' +
    'and "local start NAME" besides all other commands; when it ends, so do they. What stands before "up" is for all of them: --load, --threads.',
  risk: 'high',
  role: 'admin',
  parameters: {
    nodes: optionOr(count('how many', { min: 1, max: localNodesMax }), 3),
    dir: option(file('keeps keys and decisions for the next time; default a folder that is gone at the end')),
  },
  examples: ['troupe up --nodes 3', 'troupe --load ./account.ts up --nodes 5 --dir ./trial'],
}

/** @returns a text if help was asked for @throws {Fault} those of `readArguments` and `inputOf` */
export async function readUp(words: readonly Token[], style: Style): Promise<UpOrder | string> {
  const { values, isJson, isHelp } = await readArguments(upSignature, words)
  if (isHelp) return helpPage(upSignature, style)
  // The parameters of the signature are those of UpInput.
  return { ...(inputOf(upSignature, values) as unknown as UpInput), isJson }
}

/** Starts all, opens the console, and ends all. @throws {Fault} those of `startLocalNodes`, and of the console */
export async function runUp(
  order: UpOrder,
  { input, isJson }: SessionOptions,
  surroundings: UpSurroundings,
): Promise<number> {
  const nodes = await startUnlessAborted(order, input, surroundings)
  if (nodes === undefined) return 130
  try {
    const options = { input: await consoleInput(nodes, input), isJson: isJson || order.isJson, words: [] }
    return await surroundings.hold(options, localCommands(nodes))
  } finally {
    await nodes.stop()
  }
}

/** Undefined if somebody did not want to wait. */
async function startUnlessAborted(
  order: UpOrder,
  input: ProgramInput,
  { clock, signal, tell }: UpSurroundings,
): Promise<LocalNodes | undefined> {
  let isStarting = true
  const options: LocalNodesOptions = {
    clock,
    signal,
    ...(order.dir === undefined ? {} : { folder: resolve(order.dir) }),
    words: (name) => wordsFor(name, input),
    heard: (name, stream, line) => {
      if (stream === 'err') tell(`${name}: ${line}`)
    },
    changed: ({ name, status, pid }) => {
      if (status === 'up' && isStarting) tell(`${name} is up, process ${pid ?? ''}`)
    },
  }
  try {
    return await startLocalNodes(order.nodes, options)
  } catch (fault) {
    if (signal.aborted) return undefined
    throw fault
  } finally {
    // From now on commands say what they have done, and events what has happened.
    isStarting = false
  }
}

async function consoleInput(nodes: LocalNodes, input: ProgramInput): Promise<ProgramInput> {
  const { folder, seeds, passphraseFile } = await nodes.admit(consoleName)
  // Only who is trusted may operate the others; so it takes in roots as they do.
  return { ...input, cluster: folder, seed: seeds, passphraseFile, name: consoleName, kind: 'trusted' }
}

/** Each node loads what the console loads. */
function wordsFor(name: string, { load, threads, journal, noStrict }: ProgramInput): string[] {
  return [
    ...load.flatMap((path) => ['--load', path]),
    ...(threads === undefined ? [] : ['--threads', threads]),
    ...(journal === undefined ? [] : ['--journal', `${journal}/${name}`]),
    ...(noStrict ? ['--no-strict'] : []),
  ]
}
