// The system journal: a node's journal on the real disk.
import { openJournal } from './open-journal.ts'
import { openLevelTable } from './level-table.ts'
import { resolve } from 'node:path'
import { SystemDurableDisk } from '../system-durable-disk.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { DiskJournal } from './disk-journal.ts'

/** The cluster of a node that belongs to none. */
export const noCluster = 'alone'

/** @throws {Fault} those of `openJournal` */
export function openSystemJournal(
  folder: string,
  node: {
    readonly name: string
    readonly clock: Clock
    readonly progress?: ((done: number, all: number) => void) | undefined
  },
): Promise<DiskJournal> {
  return openJournal({
    disk: new SystemDurableDisk(),
    table: openLevelTable,
    folder: resolve(folder),
    identity: { cluster: noCluster, node: node.name },
    clock: node.clock,
    progress: node.progress,
  })
}
