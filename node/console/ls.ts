// The command ls: a line for each actor.
import { ls as verb } from '../verbs/ls.ts'
import { actorColumns, withPlace } from './actor-columns.ts'
import { tableLines } from './columns.ts'
import { answering, table } from './command.ts'
import type { AnyCommand } from './command.ts'

export const ls: AnyCommand = answering(verb, {
  table: table(({ actors }) => actors, actorColumns),
  print({ actors, total }, style) {
    if (actors.length === 0) return style.paint('faint', 'No actors. Start one with "spawn DEFINITION PATH".')
    const left = total - actors.length
    const more =
      left === 0
        ? []
        : [
            style.paint(
              'faint',
              `${style.characters.more} ${left} more; see them with --limit, or narrow it with a path`,
            ),
          ]
    return [...tableLines(actors, withPlace(actorColumns, actors), style), ...more].join('\n')
  },
})
