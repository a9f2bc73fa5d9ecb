// The life of a process: who this one is, and whether one that was written down still runs.
import { readdir, readFile } from 'node:fs/promises'

/** One process of one machine. A number alone is given again, in a container after every restart. */
export interface ProcessName {
  readonly pid: number
  /** When it was started, in the system's own ticks since the machine was; empty where the system does not say. */
  readonly startTime: string
  /** Which start of the machine it lives in; empty where the system does not say. */
  readonly bootId: string
}

export async function thisProcess(): Promise<ProcessName> {
  const stat = await statOf('self')
  return { pid: process.pid, startTime: stat?.startTime ?? '', bootId: await bootId() }
}

/**
 * Whether it runs. In doubt it does. Not seen is a process of another machine or of another container that shares no process numbers with
 * this one: it counts as dead.
 */
export async function isRunning({ pid, startTime, bootId: boot }: ProcessName): Promise<boolean> {
  const here = await bootId()
  if (boot !== '' && here !== '' && boot !== here) return false
  if (!isThere(pid)) return false
  const stat = await statOf(String(pid))
  if (stat === undefined) return true
  if (startTime !== '' && stat.startTime !== startTime) return false
  // Killed, and its parent has not asked for it yet. Other threads of it may still be in a write, which is not taken back.
  return !'ZX'.includes(stat.state) || (await threadCount(pid)) > 1
}

/** Without a signal: it only asks. Where another user's may not be asked, there is one. */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as { readonly code?: unknown }).code !== 'ESRCH'
  }
}

async function statOf(name: string): Promise<{ state: string; startTime: string } | undefined> {
  const text = await textOf(`/proc/${name}/stat`)
  // The second field is the program's name in parentheses and may hold anything; the third is the state, the twenty-second the start.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state, startTime] = [fields[0], fields[19]]
  return state === undefined || startTime === undefined ? undefined : { state, startTime }
}

async function bootId(): Promise<string> {
  return (await textOf('/proc/sys/kernel/random/boot_id')).trim()
}

async function threadCount(pid: number): Promise<number> {
  try {
    return (await readdir(`/proc/${pid}/task`)).length
  } catch {
    return 0
  }
}

/** Empty where there is none: not every system has /proc. */
async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return ''
  }
}
