#!/usr/bin/env node
// The command line `troupe`: understands what was asked for, and lends a session the process.
import { Fault } from '../runtime/fault.ts'
import { readArguments } from './console/arguments.ts'
import { envelope, envelopeSchema } from './console/envelope.ts'
import { faultText } from './console/fault-text.ts'
import { program, programHelp } from './console/program.ts'
import { Style } from './console/style.ts'
import { tokensFrom } from './console/tokens.ts'
import { inputOf } from './verbs/input.ts'
import type { ProgramInput } from './console/program.ts'
import type { SessionOptions } from './console/session.ts'
import type { AnyCommand } from './console/command.ts'
import type { ClusterOptions } from './cluster/cluster-options.ts'
import type { Node, NodeContracts } from './node.ts'
import type { SystemClock } from './system-clock.ts'
import type { SystemThreads } from './threads/system-threads.ts'

/** What a shell shows for a process that a signal ended. */
const signalCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

const { stdin, stdout, stderr, env, argv } = process

/** Whether there has been a session: what fails before it was a wrong command line. */
let hasOpened = false

/** Whoever read the output has gone, as `head` does: that is the end, and no fault. A session makes it a kind one. */
let onReaderGone = (): void => process.exit(0)
/** Where words go that are no answer; a session writes them where they do not harm what is being typed. */
let tellPeople = (line: string): void => void stderr.write(`${line}\n`)
stdout.on('error', () => onReaderGone())
stderr.on('error', () => {})

await main(argv.slice(2))

async function main(words: readonly string[]): Promise<void> {
  try {
    const options = await optionsFrom(words)
    if (options !== undefined) await leave(await runnerOf(options)(options))
  } catch (error) {
    await tell(Fault.wrap(error, 'start-failed', 'Cannot start the node'), words.includes('--json'))
    await leave(hasOpened ? 1 : 2)
  }
}

/** Understands the command line; undefined if all is said. */
async function optionsFrom(words: readonly string[]): Promise<SessionOptions | undefined> {
  const { values, isJson, isHelp, rest } = await readArguments(program, tokensFrom(words), {
    stopsAtPosition: true,
  })
  // The parameters of `program` are those of ProgramInput.
  const input = inputOf(program, values) as unknown as ProgramInput
  if (input.version) {
    await tellVersion(isJson)
    return undefined
  }
  if (!isHelp) return { input, isJson, words: rest }
  stdout.write(`${programHelp(new Style({ env, isTerminal: stdout.isTTY, columns: stdout.columns }))}\n`)
  return undefined
}

/** Who does what the first word says: a program of its own, or the console of a node. */
function runnerOf({ input, words }: SessionOptions): (options: SessionOptions) => Promise<number> {
  const first = words[0]?.text
  if (first === 'journal' && input.journal === undefined) return tend
  if (first === 'cluster' && input.cluster === undefined) return tendTrust
  return first === 'up' && input.cluster === undefined ? startAll : hold
}

/** Opens a session and waits for its end. The kernel is loaded here: who asks for help does not wait for it. */
async function hold(options: SessionOptions, moreCommands: readonly AnyCommand[] = []): Promise<number> {
  const { Session: SessionClass } = await import('./console/session.ts')
  const { SystemClock: Clock } = await import('./system-clock.ts')
  const { SystemDisk } = await import('./system-disk.ts')
  const { SystemDurableDisk } = await import('./system-durable-disk.ts')
  const { SystemRandom } = await import('./system-random.ts')
  const clock = new Clock()
  const { input } = options
  const contracts = {
    clock,
    random: new SystemRandom(),
    ...(await threadsOf(options, clock)),
    ...(await journalOf(input, clock)),
  }
  const disks = { disk: new SystemDisk(), durableDisk: new SystemDurableDisk() }
  const enterCluster = async (node: Node, cluster: ClusterOptions): Promise<void> => {
    const { enterCluster: enter } = await import('./start-node.ts')
    await enter(node, cluster, clock)
    // Whoever has started this process with a channel waits for it: see local-process.ts.
    process.send?.('up')
  }
  const session = new SessionClass(options, {
    stdin,
    stdout,
    stderr,
    env,
    ...disks,
    contracts,
    enterCluster,
    moreCommands,
  })
  tellPeople = (text) => session.notice(text)
  hasOpened = true
  let code: number | undefined
  const interrupt = (endCode: number): void => {
    // Whoever asks twice does not want to wait for a kind end.
    if (code !== undefined && endCode !== 0) process.exit(endCode)
    code ??= endCode
    session.interrupt()
  }
  for (const [signal, signalCode] of Object.entries(signalCodes))
    process.on(signal, () => interrupt(signalCode))
  // The other end of the channel has ended, maybe without a chance to say so.
  if (process.connected) process.on('disconnect', () => interrupt(0))
  onReaderGone = () => interrupt(0)
  process.on('uncaughtException', (error) => session.uncaught(error))
  const ended = await session.run()
  return code ?? ended
}

/** Looks after the journal of a node that does not run. */
async function tend(options: SessionOptions): Promise<number> {
  const { runJournalProgram } = await import('./console/journal-program.ts')
  const { openLevelTable } = await import('./journal/level-table.ts')
  const { SystemClock: Clock } = await import('./system-clock.ts')
  const { SystemDurableDisk } = await import('./system-durable-disk.ts')
  const { SystemRandom } = await import('./system-random.ts')
  const clock = new Clock()
  const disk = new SystemDurableDisk()
  const offline = { clock, disk, table: openLevelTable, random: new SystemRandom() }
  return await runJournalProgram(options, { stdout, stderr, env, offline, signal: untilEnough() })
}

/** Looks after the keys of a node: those of one that does not run, but for tokens and revocations. */
async function tendTrust(options: SessionOptions): Promise<number> {
  const { runClusterProgram } = await import('./console/cluster-program.ts')
  const { systemTrustDesk } = await import('./console/trust-desk.ts')
  const { SystemClock: Clock } = await import('./system-clock.ts')
  const desk = systemTrustDesk(new Clock(), { stdin, env })
  return await runClusterProgram(options, { stdout, stderr, env, desk, signal: untilEnough() })
}

/** Starts local nodes, and a console on a node of their cluster. */
async function startAll(options: SessionOptions): Promise<number> {
  const { readUp, runUp } = await import('./console/up.ts')
  const { SystemClock: Clock } = await import('./system-clock.ts')
  const style = new Style({ env, isTerminal: stdout.isTTY, columns: stdout.columns })
  const order = await readUp(options.words.slice(1), style)
  if (typeof order === 'string') {
    stdout.write(`${order}\n`)
    return 0
  }
  hasOpened = true
  const signal = untilEnough()
  return await runUp(order, options, {
    clock: new Clock(),
    signal,
    tell: (text) => tellPeople(text),
    hold: (own, commands) => hold(own, commands),
  })
}

/** Aborted with the first signal to end; the second ends the process. */
function untilEnough(): AbortSignal {
  const enough = new AbortController()
  for (const [signal, code] of Object.entries(signalCodes)) {
    process.on(signal, () => {
      if (enough.signal.aborted) process.exit(code)
      enough.abort()
    })
  }
  onReaderGone = () => enough.abort()
  return enough.signal
}

/** Loaded only where there are to be some. */
async function threadsOf(
  { input }: SessionOptions,
  clock: SystemClock,
): Promise<{ readonly threads?: SystemThreads }> {
  if (input.threads === undefined || input.threads === '0') return {}
  const { SystemThreads: Threads } = await import('./threads/system-threads.ts')
  return { threads: new Threads({ clock }) }
}

/** Opened before the node is made. @throws {Fault} those of `openJournal` */
async function journalOf(
  { journal, name = 'local' }: ProgramInput,
  clock: SystemClock,
): Promise<Pick<NodeContracts, 'journal' | 'journalUpkeep'>> {
  if (journal === undefined) return {}
  const { systemJournal } = await import('./start-node.ts')
  return await systemJournal(journal, { name, clock })
}

async function tellVersion(isJson: boolean): Promise<void> {
  const { packageVersion } = await import('./version.ts')
  const { SystemDisk } = await import('./system-disk.ts')
  const { SystemClock } = await import('./system-clock.ts')
  const version = await packageVersion(new SystemDisk())
  const data = { version, node: process.versions.node, envelope: envelopeSchema }
  stdout.write(
    isJson
      ? `${envelope('version', new SystemClock().wall(), { data })}\n`
      : `troupe ${version} (Node.js ${process.versions.node})\n`,
  )
}

async function tell(fault: Fault, isJson: boolean): Promise<void> {
  if (!isJson) {
    stderr.write(`${faultText(fault, new Style({ env, isTerminal: stderr.isTTY }))}\n`)
    return
  }
  const { SystemClock } = await import('./system-clock.ts')
  stdout.write(`${envelope('', new SystemClock().wall(), { error: fault })}\n`)
}

/** Ends the process once all is written, whatever timers or sockets a definition has left. */
async function leave(code: number): Promise<void> {
  await new Promise<void>((resolve) => stdout.write('', () => resolve()))
  process.exit(code)
}
