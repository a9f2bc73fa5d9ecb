// The program `troupe cluster`: founds and joins clusters, and looks after the keys in a node's folder.
import { clusterTasks } from './cluster-tasks.ts'
import { FolderProgram } from './folder-program.ts'
import type { ClusterTask } from './cluster-tasks.ts'
import type { ExitCode } from './outcome.ts'
import type { FolderSurroundings } from './folder-program.ts'
import type { SessionOptions } from './session.ts'
import type { Stage } from './showing.ts'
import type { TrustDesk } from './trust-desk.ts'

/** What it needs of the world; a test brings its own. */
export interface ClusterSurroundings extends Omit<FolderSurroundings, 'clock'> {
  readonly desk: TrustDesk
}

export async function runClusterProgram(
  options: SessionOptions,
  { desk, ...surroundings }: ClusterSurroundings,
): Promise<ExitCode> {
  const passphraseFile = options.input.passphraseFile ?? desk.passphraseFile
  const family = {
    name: 'cluster',
    folder: 'DIR',
    tasks: clusterTasks,
    perform: (task: ClusterTask, input: Readonly<Record<string, unknown>>, stage: Stage) =>
      task.show({ ...desk, passphraseFile }, input, stage),
  }
  return await new FolderProgram(family, options, { ...surroundings, clock: desk.clock }).run()
}
