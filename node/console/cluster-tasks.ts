// The tasks of `troupe cluster`: what can be done to the keys in a node's folder, most of it while the node does not run.
import { clusterShow } from './cluster-show.ts'
import { clusterInit, clusterJoin, clusterRevoke, clusterRotate, clusterToken } from './cluster-trust.ts'
import { file, option } from '../verbs/parameter.ts'
import { resolve } from 'node:path'
import { showAnswer } from './showing.ts'
import type { FolderTask } from './folder-program.ts'
import type { FolderInput, TrustTask } from './trust-task.ts'
import type { Outcome } from './outcome.ts'
import type { Parameters } from '../verbs/parameter.ts'
import type { Stage } from './showing.ts'
import type { TrustDesk } from './trust-desk.ts'

export interface ClusterTask extends FolderTask {
  show(desk: TrustDesk, input: Readonly<Record<string, unknown>>, stage: Stage): Promise<Outcome>
}

export const clusterTasks: readonly ClusterTask[] = [
  bound(clusterInit),
  bound(clusterToken),
  bound(clusterJoin),
  bound(clusterRevoke),
  bound(clusterRotate),
  bound(clusterShow),
]

/** Forgets the types of one task: its input has gone through `inputOf` with the parameters of its own signature. */
function bound<I extends FolderInput, D>(task: TrustTask<I, D>): ClusterTask {
  const { name, parameters, examples } = task
  const folder: Parameters<FolderInput> = {
    folder: file("the node's folder, which --cluster names when it is started"),
    passphraseFile: option(
      file('holds the passphrase of the keys; so does the file that TROUPE_PASSPHRASE_FILE names'),
    ),
  }
  return {
    ...task,
    name: `troupe ${name}`,
    command: name,
    parameters: { ...folder, ...parameters },
    examples: examples.map((example) => `troupe ${example}`),
    show: (desk, input, stage) => {
      const command = {
        name,
        print: (data: unknown, style: Stage['style']) => task.print(data as D, style),
        isNo: (data: unknown) => task.isNo?.(data as D) ?? false,
      }
      const given = { ...input, folder: resolve(String(input['folder'])) } as unknown as I
      return showAnswer({ command, run: () => task.run(desk, given) }, stage)
    },
  }
}
