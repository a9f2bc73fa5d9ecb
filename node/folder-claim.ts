// A claim to a folder: how one of many processes gets its file `lock`, also from the dead, and never two of them.
import type { ProcessName } from './process-life.ts'

/** Beginnings of a claim, and dead heirs of one dead process, one after the other; each needs a process that comes or dies meanwhile. */
export const lockTriesMax = 64

/** The few things that are done with the files of a lock. Each is atomic towards all other processes. */
export interface LockFiles {
  /** Makes a file with a text; nobody else makes one of that name. */
  make(name: string, text: string): Promise<void>
  /** Undefined if it is not there. */
  read(name: string): Promise<string | undefined>
  /** Gives a file a second name that nobody has: whether it was the first to. Also false if the file is gone. */
  link(from: string, to: string): Promise<boolean>
  /** Gives it another name, in the place of the one that has it; false if it is gone. */
  rename(from: string, to: string): Promise<boolean>
  /** Does nothing if it is not there. */
  unlink(name: string): Promise<void>
  names(): Promise<string[]>
}

export interface Claimant extends ProcessName {
  /** Never used before, by nobody. */
  readonly token: string
}

/** `mine` · `held` somebody who lives has it · `busy` others come and go too fast. */
export type ClaimResult =
  | { readonly kind: 'mine' }
  | { readonly kind: 'held'; readonly pid: number }
  | { readonly kind: 'busy' }

type Step = ClaimResult | { readonly kind: 'again' }

/**
 * Claims a folder. The file `lock` names its holder by a token. It is only ever
 * - made, by a link to a file that is complete: one can be the first; or
 * - replaced, by the heir of the one that it names. The file `lock.after.TOKEN` names the heir; it too is a link, so there is one. If
 *   the heir dies before it has replaced `lock`, it has an heir of its own, and so on; or
 * - taken away by its holder.
 *
 * A name of an heir is given free only after `lock` names another token, and no token comes twice. So who has become the heir and *then* finds
 * `lock` as it was is the only one: nobody but the heir of a dead process changes it. Who is too slow finds another token there and gives up.
 */
export class FolderClaim {
  readonly #files: LockFiles
  readonly #me: Claimant
  readonly #isRunning: (other: ProcessName) => Promise<boolean>

  constructor(files: LockFiles, me: Claimant, isRunning: (other: ProcessName) => Promise<boolean>) {
    this.#files = files
    this.#me = me
    this.#isRunning = isRunning
  }

  async take(): Promise<ClaimResult> {
    const own = `lock.${this.#me.token}`
    try {
      for (let i = 0; i < lockTriesMax; i++) {
        const step = await this.#try(own)
        if (step.kind === 'mine') await this.#settle()
        if (step.kind !== 'again') return step
      }
      return { kind: 'busy' }
    } finally {
      await this.#files.unlink(own)
    }
  }

  async release(): Promise<void> {
    const text = await this.#files.read('lock')
    if (text !== undefined && claimantOf(text, 0).token === this.#me.token) await this.#files.unlink('lock')
  }

  async #try(own: string): Promise<Step> {
    // Whoever got the folder meanwhile has swept it away.
    if ((await this.#files.read(own)) === undefined) await this.#files.make(own, JSON.stringify(this.#me))
    if (await this.#files.link(own, 'lock')) return { kind: 'mine' }
    const text = await this.#files.read('lock')
    return text === undefined ? { kind: 'again' } : this.#inherit(text, own)
  }

  async #inherit(text: string, own: string): Promise<Step> {
    const last = await this.#lastHeir(text)
    if ('kind' in last) return last
    const title = `lock.after.${last.token}`
    if (!(await this.#files.link(own, title))) return { kind: 'again' }
    const isStill = (await this.#files.read('lock')) === text
    if (isStill && (await this.#files.rename(own, 'lock'))) return { kind: 'mine' }
    await this.#files.unlink(title)
    return { kind: 'again' }
  }

  /** The dead one without an heir; or the one who lives. */
  async #lastHeir(text: string): Promise<Claimant | Step> {
    let last = claimantOf(text, 0)
    for (let i = 1; i < lockTriesMax; i++) {
      if (last.pid > 0 && (await this.#isRunning(last))) return { kind: 'held', pid: last.pid }
      const heir = await this.#files.read(`lock.after.${last.token}`)
      if (heir === undefined) return last
      last = claimantOf(heir, i)
    }
    return { kind: 'busy' }
  }

  /** Who cannot clean up must not seem to hold what its caller was refused. */
  async #settle(): Promise<void> {
    try {
      await this.#sweep()
    } catch (error) {
      await this.release()
      throw error
    }
  }

  /** What the dead have left behind, and those who came too late: nobody needs it while this process lives. */
  async #sweep(): Promise<void> {
    for (const name of await this.#files.names()) {
      if (name.startsWith('lock.')) await this.#files.unlink(name)
    }
  }
}

/**
 * What cannot be read was written before the machine fell, as links are only made to complete files: its writer is dead. That happens
 * once to a file, so the name that stands for a token is not used twice either.
 */
function claimantOf(text: string, depth: number): Claimant {
  const damaged = { pid: 0, startTime: '', bootId: '', token: `damaged-${depth}` }
  try {
    const { pid, startTime, bootId, token } = Object(JSON.parse(text)) as Record<string, unknown>
    if (typeof startTime !== 'string' || typeof bootId !== 'string') return damaged
    if (typeof token !== 'string' || !/^[\w-]{1,64}$/.test(token)) return damaged
    const isPid = typeof pid === 'number' && Number.isInteger(pid) && pid > 0 && pid < 2 ** 31
    return isPid ? { pid, startTime, bootId, token } : damaged
  } catch {
    return damaged
  }
}
