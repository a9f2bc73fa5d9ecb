// The rule of loopholes: outside tests no `any`, no `!`, no default export, no enum, nothing left to do.
import { nameOf, textOf } from './syntax.ts'
import type { SourceFile, Violation } from './source-file.ts'
import type { Syntax } from './syntax.ts'

const loopholeTypes: Readonly<Record<string, string>> = {
  TSAnyKeyword: '`any` says nothing; use `unknown` and narrow it',
  TSNonNullExpression: '`!` promises what nobody checks',
  ExportDefaultDeclaration: 'a default export has no name',
  TSEnumDeclaration: 'an enum is no erasable syntax; use a union of strings',
}

const unfinished = /\b(TODO|FIXME|XXX|HACK)\b/

/** Lines that cannot be written without; each with its reason beside it in the file. */
export const meantLines: Readonly<Record<string, string>> = {
  'runtime/actor.ts': 'readonly [understands]?: string extends keyof P ? any : P',
}

export function loopholes(files: readonly SourceFile[]): Violation[] {
  const held = files.filter((file) => !file.isTest && !file.isConfiguration)
  return held.flatMap((file) => [...inSyntax(file), ...inText(file)])
}

function inSyntax(file: SourceFile): Violation[] {
  return file.nodes.flatMap(({ node }) => {
    const what = loopholeTypes[node.type] ?? hidden(node)
    if (what === undefined || file.lineWith(node).trim() === meantLines[file.path]) return []
    return [file.violation(node, what)]
  })
}

function hidden(node: Syntax): string | undefined {
  if (node['definite'] === true) return loopholeTypes['TSNonNullExpression']
  if (node.type !== 'ExportSpecifier') return undefined
  const isDefault = (nameOf(node['exported']) ?? textOf(node['exported'])) === 'default'
  return isDefault ? loopholeTypes['ExportDefaultDeclaration'] : undefined
}

function inText(file: SourceFile): Violation[] {
  return file.text.split('\n').flatMap((text, index) => {
    const word = unfinished.exec(text)?.[0]
    return word === undefined ? [] : [file.violation(index + 1, `${word}: finish it, or open an issue`)]
  })
}
