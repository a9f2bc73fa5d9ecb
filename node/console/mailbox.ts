// The command mailbox: the messages that wait, in their order.
import { mailbox as verb } from '../verbs/mailbox.ts'
import { tableLines } from './columns.ts'
import { answering, table } from './command.ts'
import { valueLine } from './value.ts'
import type { Waiting } from '../verbs/mailbox.ts'
import type { Column } from './columns.ts'
import type { AnyCommand } from './command.ts'

const columns: readonly Column<Waiting>[] = [
  { title: '#', field: 'position', align: 'right' },
  { title: 'KIND', field: 'kind' },
  { title: 'MESSAGE', field: 'message', tint: 'strong' },
  {
    title: 'PAYLOAD',
    field: 'payload',
    text: ({ payload }, style) => (payload === null ? '' : valueLine(payload, style)),
  },
  { title: 'FROM', field: 'from' },
]

export const mailbox: AnyCommand = answering(verb, {
  table: table(({ messages }) => messages, columns),
  print({ waiting, stashed, messagesMax, offers, messages }, style) {
    const aside = `${stashed === 0 ? '' : `, ${stashed} stashed`}${offers === 0 ? '' : `, ${offers} senders wait for room`}`
    const head = `${waiting} of ${messagesMax} messages wait${aside}`
    const left = waiting - messages.length
    const more =
      left === 0 || messages.length === 0
        ? []
        : [style.paint('faint', `${style.characters.more} ${left} more; see them with --peek`)]
    return [head, ...tableLines(messages, columns, style), ...more].join('\n')
  },
})
