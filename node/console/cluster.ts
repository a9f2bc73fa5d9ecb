// The command cluster: how the cluster stands, as this node sees it.
import { answering } from './command.ts'
import { cluster as verb } from '../verbs/cluster.ts'
import { pairLines } from './pairs.ts'
import { timeText } from './time-text.ts'
import type { AnyCommand } from './command.ts'
import type { ClusterStanding } from '../verbs/cluster.ts'
import type { Style } from './style.ts'

export const cluster: AnyCommand = answering(verb, {
  print(data, style) {
    const { term, view, committed, applied, voters, homes, homeless, unsettled } = data
    const lacking = [
      homeless === 0 ? '' : `${homeless} without a node`,
      unsettled === 0 ? '' : `${unsettled} being taken over`,
    ].filter((part) => part !== '')
    return pairLines(
      [
        ['cluster', style.paint('strong', style.safe(data.cluster, 120))],
        ['node', `${style.safe(data.node, 120)}, member ${data.member}`],
        ['members', `${countsText(data.members)}, view ${view}`],
        ['leader', leaderText(data, style)],
        ['voters', style.safe(voters.join(', '), 500)],
        ['council', `term ${term}, ${committed} decided, ${applied} applied here`],
        ['lease', leaseText(data, style)],
        ['homes', [String(homes), ...lacking].join(', ')],
        ['shards', style.safe(shardsText(data.shards), 500)],
        ['refused', style.safe(countsText(data.refused), 500)],
      ],
      style,
    ).join('\n')
  },
})

function leaderText({ leader, node }: ClusterStanding, style: Style): string {
  if (leader === null)
    return style.paint('bad', `${style.characters.failed} nobody, as far as this node knows`)
  return leader === node ? `${style.safe(leader, 120)}, this node` : style.safe(leader, 120)
}

function leaseText({ mayAct, leaseLeftMs }: ClusterStanding, style: Style): string {
  if (mayAct) return style.paint('good', `valid for ${timeText(leaseLeftMs)} more at least`)
  return style.paint('bad', `${style.characters.failed} over: the node is frozen`)
}

/** `2 up, 1 draining`; nothing for counts that are 0. */
function countsText(counts: Readonly<Record<string, number>>): string {
  const shown = Object.entries(counts).filter(([, count]) => count > 0)
  return shown.map(([name, count]) => `${count} ${name}`).join(', ')
}

function shardsText(shards: Readonly<Record<string, number>>): string {
  return Object.entries(shards)
    .map(([name, count]) => `${count} ${name === '' ? 'with nobody' : name}`)
    .join(', ')
}
