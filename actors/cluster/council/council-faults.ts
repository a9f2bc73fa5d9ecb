// The faults of the council: what was asked of it, and why nothing came of it.
import { Fault } from '../../../runtime/fault.ts'
import type { Refusal } from './message.ts'

/** @param attempted the first half of the message: `Cannot decide on a command` */
export function unreachable(attempted: string, timeoutMs: number, leader: number | undefined): Fault {
  const who = leader === undefined ? 'nobody leads' : `member ${leader} leads and has not answered`
  return new Fault('council-unreachable', `${attempted}: no quorum within ${timeoutMs} ms, ${who}`, {
    hint: 'Look whether more than half of the voters can be reached, then read what became of it and ask again.',
    details: { timeoutMs, leader: leader ?? null },
    outcome: 'unknown',
  })
}

export function full(attempted: string, waiting: number, isHere: boolean): Fault {
  const where = isHere ? `${waiting} already wait here` : 'the leader has more than it can get decided'
  return new Fault('council-full', `${attempted}: ${where}`, {
    hint: 'Wait for what was asked before, then ask again.',
    details: { waiting },
    outcome: isHere ? 'known' : 'unknown',
  })
}

export function stopped(attempted: string, cause: unknown): Fault {
  return new Fault('council-stopped', `${attempted}: this node's part in the council has ended`, {
    hint: 'Look in the cause why it ended, and start the node again.',
    outcome: 'unknown',
    ...(cause === undefined ? {} : { cause }),
  })
}

export function commandTooLarge(bytes: number, bytesMax: number): Fault {
  return new Fault(
    'command-too-large',
    `Cannot decide on a command: it has ${bytes} of 1 to ${bytesMax} bytes`,
    {
      hint: 'Keep what is large elsewhere, and let the council decide on its name.',
      details: { bytes, bytesMax },
    },
  )
}

const whyUnchanged: Readonly<Record<Refusal, string>> = {
  full: 'the leader has more than it can get decided',
  'change-under-way': 'another change is not decided yet',
  'leader-too-new': 'the leader has not decided anything in its term yet',
  'not-following': 'the member does not follow the leader',
  behind: 'the member has not caught up',
  'not-durable': 'the member keeps nothing on disk',
  'last-voter': 'it is the only one with a vote',
  'voters-full': 'as many as may be have a vote',
  'already-so': 'it is so already',
}

export function votersUnchanged(why: Refusal): Fault {
  return new Fault('voters-unchanged', `Cannot change who votes: ${whyUnchanged[why]}`, {
    hint: 'Look at the reason in the details, and ask again when it has gone.',
    details: { why },
  })
}

export function damaged(file: string, how: string): Fault {
  return new Fault('council-damaged', `Cannot open the council's log: "${file}" ${how}`, {
    hint: 'Remove this voter from the council, move its folder away and let it join as a new member.',
    details: { file },
  })
}

export function ended(cause: unknown): Fault {
  return new Fault(
    'council-stopped',
    'Cannot go on in the council: what must hold here did not, or the disk failed',
    {
      hint: 'Read the cause; keep the folder for those who look into it, and start the node again.',
      cause,
      outcome: 'unknown',
    },
  )
}
