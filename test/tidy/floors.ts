// The rule of floors: an import goes down, and outside the front doors it names the file that defines the thing.
import { isSyntax, nameOf } from './syntax.ts'
import type { Import, SourceFile, Violation } from './source-file.ts'

/** Who stands on what. Strangers share a number and do not know each other. */
const heights: Readonly<Record<string, number>> = {
  runtime: 0,
  supervisors: 1,
  transports: 1,
  actors: 2,
  node: 3,
  'index.ts': 4,
  scenarios: 5,
  bench: 6,
  test: 7,
}

/** What comes through the front doors, as a user would. */
const guests = ['scenarios', 'bench', 'test']

export function floors(files: readonly SourceFile[]): Violation[] {
  return files
    .filter((file) => !file.isConfiguration)
    .flatMap((file) => {
      if (heights[file.floor] === undefined)
        return [file.violation(1, `"${file.floor}" is no floor of the house`)]
      const broken = file.imports.flatMap((one) => {
        const what = breach(file, one)
        return what === undefined ? [] : [file.violation(one.line, `${what}: ${one.specifier}`)]
      })
      return [...broken, ...handedOn(file)]
    })
}

/** What is wrong with an import; undefined if it may stand. */
function breach(file: SourceFile, { specifier, target }: Import): string | undefined {
  if (target === undefined) return undefined
  if (target.startsWith('..')) return 'an import leaves the repository'
  const floor = target.split('/')[0]!
  const own = heights[file.floor]!
  const theirs = heights[floor]
  if (theirs === undefined) return target.endsWith('.ts') ? 'an import leads to no floor' : undefined
  if (floor !== file.floor && theirs > own) return 'an import goes up'
  if (floor !== file.floor && theirs === own) return 'an import goes sideways'
  if (isDoor(target) && !guests.includes(file.floor))
    return 'an import goes through a front door, not to the file that defines it'
  if (isProgram(file) && specifier.startsWith('.') && floor !== 'scenarios')
    return 'a scenario goes round the front door'
  return undefined
}

function isDoor(path: string): boolean {
  return /(^|\/)index\.ts$/.test(path)
}

/** A scenario to read and run; the test kit is a front door itself. */
function isProgram(file: SourceFile): boolean {
  return file.floor === 'scenarios' && !file.path.startsWith('scenarios/testing/')
}

/** Only a front door hands on what another file defines, so that every import finds the definition. */
function handedOn(file: SourceFile): Violation[] {
  if (isDoor(file.path)) return []
  const imported = new Set(
    file.nodes.flatMap(({ node }) => (isImported(node.type) ? [nameOf(node['local'])] : [])),
  )
  return file.nodes.flatMap(({ node }) => {
    const isForward =
      node.type === 'ExportAllDeclaration' ||
      (node.type === 'ExportNamedDeclaration' && isSyntax(node['source']))
    const isAgain = node.type === 'ExportSpecifier' && imported.has(nameOf(node['local']))
    return isForward || isAgain
      ? [file.violation(node, 'only an index.ts exports what another file defines')]
      : []
  })
}

function isImported(type: string): boolean {
  return ['ImportSpecifier', 'ImportDefaultSpecifier', 'ImportNamespaceSpecifier'].includes(type)
}
