// The faults of a refused append: why a journal does not take a record, or takes no calls any more.
import { Fault } from '../../runtime/fault.ts'
import { recordBytesMax, recordTagsMax } from '../../runtime/journal.ts'
import type { Append } from '../../runtime/journal.ts'

type Wanted = Pick<Append, 'id' | 'epoch' | 'seq' | 'kind'>

/** @param owner the epoch that may append, undefined if nobody may */
export function fenced(append: Wanted, owner: number | undefined): Fault {
  const whose = owner === undefined ? 'nobody owns its records now' : `its records belong to epoch ${owner}`
  return new Fault('journal-fenced', `Cannot keep ${shown(append)} with epoch ${append.epoch}: ${whose}`, {
    hint: 'Let this actor end: it goes on where its records were recovered last.',
    details: { id: append.id, epoch: append.epoch, ...(owner === undefined ? {} : { owner }) },
  })
}

/** @param lastSeq the number of the last record that was kept, in the name of that owner */
export function conflicting(append: Wanted, lastSeq: number): Fault {
  return new Fault(
    'journal-conflict',
    `Cannot keep ${shown(append)}: the last one that was kept is ${lastSeq}`,
    {
      hint: 'Recover the actor: a record before was refused, or somebody else has written.',
      details: { id: append.id, seq: append.seq, lastSeq },
    },
  )
}

/** A claim with an epoch that is not higher than the last one. */
export function claimFenced(id: string, epoch: number, last: number): Fault {
  return new Fault(
    'journal-fenced',
    `Cannot recover "${id}" with epoch ${epoch}: epoch ${last} has claimed it`,
    {
      hint: 'Claim with a higher epoch, or leave the actor to who has it.',
      details: { id, epoch, last },
    },
  )
}

/** Why a record is too large whoever appends it; undefined of one that is not. */
export function tooLarge(append: Append): Fault | undefined {
  const bytes = append.body.byteLength
  const tags = append.tags.length
  if (bytes <= recordBytesMax && tags <= recordTagsMax) return undefined
  const how =
    bytes > recordBytesMax
      ? `it has ${bytes} bytes, ${recordBytesMax} are allowed`
      : `it has ${tags} tags, ${recordTagsMax} are allowed`
  return new Fault('record-too-large', `Cannot keep ${shown(append)}: ${how}`, {
    hint: 'Persist less at once, keep less in the state, or keep large data elsewhere and its place here.',
    details: { id: append.id, seq: append.seq, bytes, tags },
  })
}

/** @param attempt what was attempted: `recover "bank/ada"` */
export function closed(attempt: string): Fault {
  return new Fault('journal-closed', `Cannot ${attempt}: the journal is closed`, {
    hint: 'Stop actors before the journal that keeps them, and start the node again to go on.',
  })
}

/** A record in a sentence. */
export function shown({ id, seq, kind }: Pick<Append, 'id' | 'seq' | 'kind'>): string {
  return `${kind === 'snapshot' ? 'the snapshot at' : 'record'} ${seq} of "${id}"`
}
