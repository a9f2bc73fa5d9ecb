// The arguments of a benchmark run, read from the command line.
import { parseArgs } from 'node:util'
import { runsDefault, workloadNames } from './suite.ts'
import { nearest } from '../runtime/nearest.ts'
import type { Suite } from './suite.ts'

/** Repetitions that may be asked for: a thousand of the longest take an hour and a half. */
const runsMax = 1_000

/** What to run and how to tell of it. */
export interface RunRequest {
  readonly suite: Suite
  /** Undefined: all of the suite. */
  readonly workload: string | undefined
  readonly isJson: boolean
  readonly runs: number
}

export type Arguments =
  | ({ readonly type: 'run' } & RunRequest)
  | { readonly type: 'help' }
  | { readonly type: 'wrong'; readonly why: string }

/** @param args what stands after the program's name */
export function readArguments(args: readonly string[], suites: Readonly<Record<string, Suite>>): Arguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        runs: { type: 'string', default: String(runsDefault) },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) return { type: 'help' }
    return checked(positionals, { isJson: values.json, runs: values.runs }, suites)
  } catch (error) {
    // Only parseArgs throws here, and its errors say what was wrong.
    return wrong(error instanceof Error ? error.message : String(error))
  }
}

function checked(
  [suiteName, workload, ...more]: readonly string[],
  options: { readonly isJson: boolean; readonly runs: string },
  suites: Readonly<Record<string, Suite>>,
): Arguments {
  const suiteNames = Object.keys(suites)
  if (suiteName === undefined) return wrong(`no suite was named; there is: ${suiteNames.join(', ')}`)
  const suite = Object.hasOwn(suites, suiteName) ? suites[suiteName] : undefined
  if (suite === undefined) return wrong(unknown('suite', suiteName, suiteNames))
  const workloads = workloadNames(suite)
  if (workload !== undefined && !workloads.includes(workload)) {
    return wrong(unknown(`workload of suite "${suite.name}"`, workload, workloads))
  }
  if (more.length > 0) return wrong(`"${more.join(' ')}" is one name too many`)
  const runs = Number(options.runs)
  if (!/^\d+$/.test(options.runs) || runs < 1 || runs > runsMax) {
    return wrong(`--runs ${options.runs} is not a whole number from 1 to ${runsMax}`)
  }
  return { type: 'run', suite, workload, isJson: options.isJson, runs }
}

function unknown(what: string, name: string, known: readonly string[]): string {
  const meant = nearest(name, known)
  const hint = meant === undefined ? `there is: ${known.join(', ')}` : `did you mean "${meant}"?`
  return `"${name}" is no ${what}; ${hint}`
}

function wrong(why: string): Arguments {
  return { type: 'wrong', why }
}
