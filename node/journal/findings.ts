// Findings: what was found wrong with a journal, as many as are kept, and how many there were.
import { findingsMax } from './upkeep.ts'
import type { JournalFinding } from './upkeep.ts'
import type { LogFindings } from './log/stored-record.ts'

export class Findings {
  readonly list: JournalFinding[] = []
  count = 0
  damaged = 0

  add(finding: JournalFinding): void {
    this.count++
    if (finding.isDamage) this.damaged++
    if (this.list.length < findingsMax) this.list.push(finding)
  }

  /** What the opening of the log has found. @param indexedUpTo records up to this position are in the index, wherever else they are missing */
  addLog({ tornBytes, tornFile, holes, isShort }: LogFindings, indexedUpTo: number): void {
    if (tornBytes > 0) {
      const text = `${tornBytes} bytes at the end of ${tornFile} were torn and have been cut off`
      this.add({ kind: 'tail-cut', isDamage: false, file: tornFile, bytes: tornBytes, text })
    }
    for (const [place, { file, offset, bytes, fromPosition, toPosition }] of holes.entries()) {
      const isEnd = isShort === true && place === holes.length - 1
      const positions = [fromPosition, toPosition] as const
      const spared = toPosition - 1 <= indexedUpTo && !isEnd ? ', the index has what was in them' : ''
      const text = isEnd
        ? `${file} ends too early, the index knows of records up to ${toPosition - 1}`
        : `${bytes} bytes of ${file} at ${offset} are not what was written${spared}`
      this.add({ kind: 'hole', isDamage: true, file, offset, bytes, positions, text })
    }
  }
}
