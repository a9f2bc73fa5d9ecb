// A tty: a terminal in memory, with a session on it and keys to press; for tests.
import { once } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { ManualClock } from 'troupe/testing'
import { Session } from '../../../node/console/session.ts'
import { seededRandom } from '../../../runtime/random.ts'
import { castFiles } from './desk.ts'
import { CrashDisk } from '../../../scenarios/testing/crash-disk.ts'
import { MemoryDisk } from '../memory-disk.ts'
import type { ProgramInput } from '../../../node/console/program.ts'

/** What a program takes when nothing is given but the cast. */
export const plainInput: ProgramInput = {
  load: castFiles,
  name: undefined,
  threads: undefined,
  journal: undefined,
  cluster: undefined,
  listen: [],
  announce: [],
  seed: [],
  kind: undefined,
  label: [],
  relay: [],
  discover: false,
  passphraseFile: undefined,
  exec: [],
  noStrict: false,
  color: false,
  noColor: true,
  version: false,
}

/** Keeps what is written to it. */
export class Sheet extends Writable {
  text = ''
  readonly isTTY: boolean
  columns = 100
  rows = 30

  constructor(isTTY: boolean) {
    super({ decodeStrings: false })
    this.isTTY = isTTY
  }

  override _write(chunk: string | Uint8Array, _encoding: string, done: () => void): void {
    this.text += typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk)
    this.emit('written')
    done()
  }

  /** Waits until the text ends so. */
  async until(end: string): Promise<void> {
    while (!readable(this.text).endsWith(end)) await once(this, 'written')
  }
}

class Keyboard extends PassThrough {
  readonly isTTY: boolean
  isRaw = false

  constructor(isTTY: boolean) {
    super()
    this.isTTY = isTTY
  }

  setRawMode(isRaw: boolean): this {
    this.isRaw = isRaw
    return this
  }
}

export interface TtyOptions {
  readonly isTerminal?: boolean
  readonly env?: Readonly<Record<string, string>>
  readonly input?: Partial<ProgramInput>
  readonly isJson?: boolean
  readonly disk?: MemoryDisk
}

export const historyFile = '/state/troupe/history'

/** A session that has begun. */
export class Tty {
  readonly clock: ManualClock = new ManualClock()
  readonly stdin: Keyboard
  readonly stdout: Sheet
  readonly stderr: Sheet
  readonly disk: MemoryDisk
  readonly session: Session
  /** The exit code, or the fault that the session could not begin for. */
  readonly ended: Promise<number>

  constructor({
    isTerminal = true,
    env = {},
    input = {},
    isJson = false,
    disk = new MemoryDisk(),
  }: TtyOptions) {
    this.stdin = new Keyboard(isTerminal)
    this.stdout = new Sheet(isTerminal)
    this.stderr = new Sheet(isTerminal)
    this.disk = disk
    this.session = new Session(
      { input: { ...plainInput, ...input }, isJson, words: [] },
      {
        stdin: this.stdin,
        stdout: this.stdout,
        stderr: this.stderr,
        env: { LANG: 'C.UTF-8', XDG_STATE_HOME: '/state', ...env },
        disk,
        durableDisk: new CrashDisk(),
        contracts: { clock: this.clock, random: seededRandom(1) },
        enterCluster: () => Promise.resolve(),
      },
    )
    this.ended = this.session.run()
    // A test that expects a fault awaits it; until then nobody may call it unhandled.
    this.ended.catch(() => {})
  }

  /** Presses keys one by one; what is in one string between braces is one key: `{Enter}`. */
  async type(text: string): Promise<void> {
    for (const [key] of text.matchAll(/\{[A-Za-z-]+\}|[\s\S]/g)) {
      this.stdin.write(keys[key] ?? key)
      await this.clock.settle()
    }
  }

  /** Presses keys and returns what was written meanwhile, without what only moves the cursor. */
  async say(text: string): Promise<string> {
    const from = this.stdout.text.length
    await this.type(text)
    return readable(this.stdout.text.slice(from))
  }
}

const keys: Readonly<Record<string, string>> = {
  '{Enter}': '\r',
  '{Tab}': '\t',
  '{Up}': '\u001B[A',
  '{Ctrl-C}': '\u0003',
  '{Ctrl-D}': '\u0004',
}

/** Text without what moves the cursor or sets a colour. */
export function readable(text: string): string {
  return stripVTControlCharacters(text).replaceAll('\r', '')
}

/** Opens a session and waits for its prompt. */
export async function openTty(options: TtyOptions = {}): Promise<Tty> {
  const tty = new Tty(options)
  await tty.stdout.until('> ')
  return tty
}
