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
import type { NodeContracts } from './node.ts'
import type { SystemClock } from './system-clock.ts'
import type { SystemThreads } from './threads/system-threads.ts'

/** What a shell shows for a process that a signal ended. */
const signalCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

const { stdin, stdout, stderr, env, argv } = process

/** Whether there has been a session: what fails before it was a wrong command line. */
let hasOpened = false

/** Whoever read the output has gone, as `head` does: that is the end, and no fault. A session makes it a kind one. */
let onReaderGone = (): void => process.exit(0)
stdout.on('error', () => onReaderGone())
stderr.on('error', () => {})

await main(argv.slice(2))

async function main(words: readonly string[]): Promise<void> {
  try {
    const options = await optionsFrom(words)
    if (options !== undefined) await leave(await (isForJournal(options) ? tend(options) : hold(options)))
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

/** Opens a session and waits for its end. The kernel is loaded here: who asks for help does not wait for it. */
async function hold(options: SessionOptions): Promise<number> {
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
  const session = new SessionClass(options, { stdin, stdout, stderr, env, ...disks, contracts })
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
  onReaderGone = () => interrupt(0)
  process.on('uncaughtException', (error) => session.uncaught(error))
  const ended = await session.run()
  return code ?? ended
}

/** Looks after the journal of a node that does not run. */
function isForJournal({ input, words }: SessionOptions): boolean {
  return words[0]?.text === 'journal' && input.journal === undefined
}

async function tend(options: SessionOptions): Promise<number> {
  const { runJournalProgram } = await import('./console/journal-program.ts')
  const { openLevelTable } = await import('./journal/level-table.ts')
  const { SystemClock: Clock } = await import('./system-clock.ts')
  const { SystemDurableDisk } = await import('./system-durable-disk.ts')
  const { SystemRandom } = await import('./system-random.ts')
  const enough = new AbortController()
  for (const [signal, code] of Object.entries(signalCodes)) {
    process.on(signal, () => {
      if (enough.signal.aborted) process.exit(code)
      enough.abort()
    })
  }
  onReaderGone = () => enough.abort()
  const clock = new Clock()
  const disk = new SystemDurableDisk()
  const offline = { clock, disk, table: openLevelTable, random: new SystemRandom() }
  return await runJournalProgram(options, { stdout, stderr, env, offline, signal: enough.signal })
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
