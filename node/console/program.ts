// The program: what `troupe` takes on the command line, and what it says of itself.
import { flag, option, repeated, text, file } from '../verbs/parameter.ts'
import { exit } from './exit.ts'
import { help } from './help.ts'
import { commandLines, parameterLines } from './help-page.ts'
import { exitCodes } from './outcome.ts'
import { journalExport } from './journal-export.ts'
import { journalImport } from './journal-import.ts'
import { run } from './run.ts'
import { verbs } from '../verbs/table.ts'
import type { Signature } from '../verbs/verb.ts'
import type { Style } from './style.ts'

export interface ProgramInput {
  readonly load: readonly string[]
  readonly name: string | undefined
  readonly threads: string | undefined
  readonly journal: string | undefined
  readonly cluster: string | undefined
  readonly listen: readonly string[]
  readonly announce: readonly string[]
  readonly seed: readonly string[]
  readonly kind: string | undefined
  readonly label: readonly string[]
  readonly relay: readonly string[]
  readonly discover: boolean
  readonly passphraseFile: string | undefined
  readonly exec: readonly string[]
  readonly noStrict: boolean
  readonly color: boolean
  readonly noColor: boolean
  readonly version: boolean
}

export const program: Signature<ProgramInput> = {
  name: 'troupe',
  summary: 'Starts a node and opens a console on it.',
  risk: 'high',
  role: 'admin',
  parameters: {
    load: repeated(
      option(file('loads a file of definitions; may be given again; default: the hello scenario')),
    ),
    name: option(text('the name of the node; default local, in a cluster the name of its folder')),
    threads: option(
      text(
        'worker threads that actors live in: a number from 0, or auto for one less than there are cores; default 0',
      ),
    ),
    journal: option(file('a folder that keeps durable actors; made if it is not there')),
    cluster: option(
      file('a folder that "troupe cluster init" or "join" has made: the node is in that cluster'),
    ),
    listen: repeated(
      option(
        text('where the others reach it: /ip4/10.0.0.1/tcp/4001; default any port of this machine alone'),
      ),
    ),
    announce: repeated(option(text('the address that the others use, if it is not where it listens'))),
    seed: repeated(option(text('the address of a node of the cluster, besides those that the folder knows'))),
    kind: option(text('trusted, local or proxy; default trusted, initial for who has founded it')),
    label: repeated(option(text('what placement may ask for: gpu'))),
    relay: repeated(option(text('the address of a relay that others reach it through'))),
    discover: flag('looks for nodes on the same network by mDNS'),
    passphraseFile: option(
      file('holds the passphrase of the keys; so does the file that TROUPE_PASSPHRASE_FILE names'),
    ),
    exec: repeated({ ...option(text('runs a line and leaves; may be given again')), short: 'e' }),
    noStrict: flag('does not check that payloads could travel, and does not freeze them'),
    color: flag('colours also where there is no terminal'),
    noColor: flag('no colours; so does NO_COLOR=1'),
    version: { ...flag('prints the version'), short: 'v' },
  },
  examples: [
    'troupe',
    'troupe --load ./account.ts',
    'troupe --threads auto',
    'troupe --journal ./data',
    'troupe --cluster ./amsterdam --passphrase-file ./passphrase',
    'troupe up --nodes 3',
    `troupe -e 'spawn counter c' -e 'ask c value'`,
    'troupe run ./demo.troupe',
  ],
}

/** Of every command, and so of the program. */
const json = flag('every answer is one line of JSON')

/** What `troupe --help` prints; made without loading the kernel. */
export function programHelp(style: Style): string {
  const { summary, examples } = program
  return [
    summary,
    '',
    ...examples.map((example) => `  ${style.paint('active', example)}`),
    '',
    `${style.paint('strong', 'Usage')}  troupe [OPTIONS] [COMMAND …]`,
    ...parameterLines({ ...program, parameters: { ...program.parameters, json } }, style),
    '',
    style.paint('strong', 'Commands'),
    ...commandLines([...verbs, journalExport, journalImport, run, help, exit], style),
    '',
    style.paint('strong', 'Exit codes'),
    ...exitCodes.map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`),
    '',
    style.paint('faint', 'Lines are also read from a pipe. "troupe COMMAND --help" tells more of a command,'),
    style.paint('faint', '"troupe journal --help" what can be done to a journal whose node does not run,'),
    style.paint('faint', '"troupe cluster --help" how a cluster is founded and joined.'),
  ].join('\n')
}
