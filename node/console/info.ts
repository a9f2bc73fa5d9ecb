// The command info: what one actor is, in pairs.
import { info as verb } from '../verbs/info.ts'
import { remarks } from './actor-columns.ts'
import { answering } from './command.ts'
import { pairLines } from './pairs.ts'
import { timeText } from './time-text.ts'
import type { Info } from '../verbs/info.ts'
import type { AnyCommand } from './command.ts'
import type { Style } from './style.ts'

export const info: AnyCommand = answering(verb, {
  print: (actor, style) => pairLines([...whatItIs(actor, style), ...whatItDid(actor)], style).join('\n'),
})

type Pairs = (readonly [name: string, value: string])[]

function whatItIs(actor: Info, style: Style): Pairs {
  const said = remarks(actor, style)
  return [
    ['path', style.paint('strong', style.safe(actor.path, 600))],
    ['definition', `${style.safe(actor.definition)}, version ${actor.version}`],
    ['status', `${style.status(actor.status)}${said === '' ? '' : `, ${said}`}`],
    ['node', style.safe(actor.node ?? '', 120)],
    ['thread', actor.thread === undefined ? '' : String(actor.thread)],
    ['up', actor.upMs === null ? '' : timeText(actor.upMs)],
    ['parent', style.safe(actor.parent, 600)],
    ['children', actor.children === 0 ? '' : String(actor.children)],
    ['messages', actor.messages.map((name) => style.safe(name, 60)).join(', ')],
    [
      'behaviours',
      actor.behaviours.length === 1 ? '' : `${actor.behaviours.join(', ')}; now ${actor.behaviour}`,
    ],
    [
      'restart',
      `${actor.restart}${actor.significant ? ', significant' : ''}; stops within ${actor.shutdownMs === null ? 'any time' : timeText(actor.shutdownMs)}`,
    ],
  ]
}

function whatItDid(actor: Info): Pairs {
  return [
    ['mailbox', `${actor.waiting} of ${actor.messagesMax} waiting, ${actor.overflow} when full`],
    [
      'accepted',
      `${actor.accepted} = ${actor.handled} handled + ${actor.waiting} waiting + ${actor.stashed} stashed + ${actor.inHand} in hand + ${actor.dead} dead`,
    ],
    ['refused', actor.refused === 0 ? '' : String(actor.refused)],
    ['timers', actor.timers === 0 ? '' : String(actor.timers)],
    ['watched by', actor.watchers === 0 ? '' : String(actor.watchers)],
    ['watches', actor.watching === 0 ? '' : String(actor.watching)],
    ['journal', journalText(actor)],
    ['entity', entityText(actor)],
  ]
}

function journalText({ journal }: Info): string {
  if (journal === null) return ''
  const { seq, epoch, letters, durableTimers } = journal
  return [
    `record ${seq}, epoch ${epoch}`,
    ...(letters === 0 ? [] : [`${letters} ${letters === 1 ? 'letter' : 'letters'} on the way`]),
    ...(durableTimers === 0 ? [] : [`${durableTimers} durable ${durableTimers === 1 ? 'timer' : 'timers'}`]),
  ].join('; ')
}

function entityText({ entity }: Info): string {
  if (entity === null) return ''
  const kept = entity.keptAwakeBy === null ? '' : `; kept awake by ${entity.keptAwakeBy}`
  return `sleeps when idle for ${timeText(entity.idleMs)}${kept}`
}
