// What is witnessed: lines of one process, each with the time of a clock that all processes of the machine share.

/** What every line says besides: which member of the cluster the process is at that moment, and under which epoch it has a root. */
export interface Standpoint {
  readonly member: number
  epochOf(root: string): number
}

let standpoint: Standpoint = { member: 0, epochOf: () => 0 }

export function standAt(here: Standpoint): void {
  standpoint = here
}

/** Writes a line: the monotonic clock of the machine goes on in all processes alike. */
export function say(what: {
  readonly type: string
  readonly by?: string
  readonly [field: string]: unknown
}): void {
  const atMs = Number(process.hrtime.bigint() / 1_000n) / 1_000
  const { member } = standpoint
  const epoch = what.by === undefined ? {} : { epoch: standpoint.epochOf(what.by) }
  process.stdout.write(`${JSON.stringify({ atMs, member, ...epoch, ...what })}\n`)
}
