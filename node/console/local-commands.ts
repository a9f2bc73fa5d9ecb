// The commands of local nodes: what the console of `troupe up` can do to the processes that it has started.
import { own, table } from './command.ts'
import { tableLines } from './columns.ts'
import { text } from '../verbs/parameter.ts'
import type { AnyCommand } from './command.ts'
import type { Column } from './columns.ts'
import type { LocalNode, LocalNodes } from '../cluster/local-nodes.ts'
import type { Signature } from '../verbs/verb.ts'

interface NameInput {
  readonly name: string
}

interface Listed {
  readonly folder: string
  readonly nodes: readonly LocalNode[]
}

const columns: readonly Column<LocalNode>[] = [
  { title: 'NODE', field: 'name', tint: 'strong' },
  { title: 'STATUS', field: 'status' },
  { title: 'PID', field: 'pid', align: 'right', text: ({ pid }) => (pid === undefined ? '' : String(pid)) },
  { title: 'ENDED', field: 'end', text: ({ end }) => end ?? '' },
  { title: 'FOLDER', field: 'folder' },
]

/** All of them, for the table of a console. */
export function localCommands(nodes: LocalNodes): readonly AnyCommand[] {
  return [listing(nodes), killing(nodes), starting(nodes)]
}

function listing(local: LocalNodes): AnyCommand {
  return own<Readonly<Record<string, never>>, Listed>(
    {
      name: 'local ls',
      summary: 'Lists the processes of the local nodes.',
      risk: 'low',
      role: 'view',
      parameters: {},
      examples: ['local ls'],
      run: () => ({ folder: local.folder, nodes: local.nodes }),
    },
    {
      table: table((data) => data.nodes, columns),
      print: ({ nodes }, style) => tableLines(nodes, columns, style).join('\n'),
    },
  )
}

function killing(local: LocalNodes): AnyCommand {
  return own<NameInput, LocalNode | undefined>(
    {
      ...named(
        'kill',
        'Kills the process of a local node, as kill -9 does: the others find out by themselves.',
      ),
      run: async (_shell, { name }) => {
        await local.kill(name)
        return local.nodes.find((node) => node.name === name)
      },
    },
    { print: (node, style) => style.paint('warning', `${node?.name ?? ''} is killed`) },
  )
}

function starting(local: LocalNodes): AnyCommand {
  return own<NameInput, LocalNode | undefined>(
    {
      ...named('start', 'Starts a local node that has ended, and waits until it is up.'),
      run: async (_shell, { name }) => {
        await local.start(name)
        return local.nodes.find((node) => node.name === name)
      },
    },
    {
      print: (node, style) =>
        style.paint('good', `${style.characters.ok} ${node?.name ?? ''} is up, process ${node?.pid ?? ''}`),
    },
  )
}

function named(act: 'kill' | 'start', summary: string): Signature<NameInput> {
  return {
    name: `local ${act}`,
    summary,
    risk: 'high',
    role: 'admin',
    parameters: { name: text('of the node: n1, n2, …') },
    examples: [`local ${act} n2`],
  }
}
