// The benchmark's entry: `npm run bench -- SUITE [WORKLOAD] [--json] [--runs N]`.
import { readArguments } from './arguments.ts'
import { figure } from './figure.ts'
import { race } from './race.ts'
import { programsFor, runsDefault, workloadNames } from './suite.ts'
import { suites } from './suites.ts'
import { tableFoot, tableHead, tableRow } from './table.ts'
import type { RunRequest } from './arguments.ts'
import type { Result } from './race.ts'

const usage = [
  'usage: npm run bench -- SUITE [WORKLOAD] [--json] [--runs N]',
  '',
  ...Object.values(suites).map((suite) => `  ${suite.name}: ${workloadNames(suite).join(' ')}`),
  '',
  '  --json    one line of JSON for each figure',
  `  --runs N  repetitions that count, for the median; default ${runsDefault}`,
  '',
  'Exits with 0 when all was measured, whatever the figures are; with 1 when a workload broke; with 2 when it was called wrongly.',
].join('\n')

// Whoever reads may have seen enough, as `head` does.
process.stdout.on('error', () => process.exit(0))
process.exitCode = await main()

async function main(): Promise<number> {
  const request = readArguments(process.argv.slice(2), suites)
  switch (request.type) {
    case 'help':
      console.log(usage)
      return 0
    case 'wrong':
      console.error(`Cannot run benchmarks: ${request.why}\n\n${usage}`)
      return 2
    case 'run':
      return await run(request)
  }
}

async function run(request: RunRequest): Promise<number> {
  const results: Result[] = []
  let isBroken = false
  if (!request.isJson) console.log(tableHead(request.suite.peers))
  for (const program of programsFor(request.suite, request.workload)) {
    const missing = program.missing?.()
    if (missing !== undefined) {
      console.error(`Cannot measure "${program.name}" on this machine: ${missing}`)
      continue
    }
    try {
      const found = await race(request.suite, program, {
        runs: request.runs,
        onProgress: (done, of) => showProgress(`${program.name}: ${done} of ${of}`),
      })
      showProgress('')
      print(request, found)
      results.push(...found)
    } catch (error) {
      showProgress('')
      console.error(
        `Cannot measure "${program.name}": ${error instanceof Error ? error.message : String(error)}`,
      )
      isBroken = true
    }
  }
  if (!request.isJson) console.log(`\n${tableFoot(results)}`)
  return isBroken ? 1 : 0
}

function print(request: RunRequest, results: readonly Result[]): void {
  for (const result of results) {
    if (!request.isJson) {
      console.log(tableRow(result, request.suite.peers))
      continue
    }
    for (const peer of request.suite.peers) {
      const value = result[peer]
      if (value === undefined) continue
      const of = { suite: request.suite.name, peer }
      console.log(JSON.stringify(figure(result.spec, of, { value, runs: result.runs })))
    }
  }
}

/** One line on a terminal that the next one overwrites; nothing elsewhere. */
function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${text}`)
}
