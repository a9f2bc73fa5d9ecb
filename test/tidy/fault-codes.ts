// The rule of fault codes: what a source can throw has a heading in docs/faults.md and a test that names it, and no heading outlives its code.
import { CodeSearch } from './code-search.ts'
import { quasiText, textOf } from './syntax.ts'
import type { Rule, SourceFile } from './source-file.ts'
import type { Syntax } from './syntax.ts'

const page = 'docs/faults.md'

/** Other headings have spaces or a capital letter. */
const heading = /^## `?([a-z0-9]+(?:-[a-z0-9]+)+)`?\s*$/

/** @param faultsPage the text of docs/faults.md */
export function faultCodes(faultsPage: string): Rule {
  return (files) => {
    const search = new CodeSearch(files.filter(({ floor }) => floor !== 'test' && floor !== 'bench'))
    const documented = headings(faultsPage)
    const said = files.filter(isProof).flatMap(stringsOf).join('\n')
    const codes = [...new Map(search.given.map((one) => [one.code, one])).values()]
    return [
      ...search.hidden,
      ...codes
        .filter(({ code }) => !documented.has(code))
        .map(({ code, file, at }) => file.violation(at, `"${code}" has no heading in ${page}`)),
      ...codes
        .filter(({ code }) => !isSaid(code, said))
        .map(({ code, file, at }) => file.violation(at, `"${code}" is reached by no test`)),
      ...[...documented]
        .filter(([code]) => codes.every((one) => one.code !== code))
        .map(([code, line]) => `${page}:${line}: nothing throws "${code}"`),
    ]
  }
}

function headings(text: string): Map<string, number> {
  const lines = text.split('\n')
  return new Map(
    lines.flatMap((line, index) => {
      const code = heading.exec(line)?.[1]
      return code === undefined ? [] : [[code, index + 1] as const]
    }),
  )
}

/** The tests of the rules name codes without reaching them. */
function isProof({ path, isTest }: SourceFile): boolean {
  return isTest && !path.startsWith('test/tidy')
}

function stringsOf(file: SourceFile): string[] {
  return file.nodes.flatMap(({ node }) => spoken(node))
}

function spoken(node: Syntax): string[] {
  if (node.type === 'TemplateElement') return [quasiText(node)]
  const pattern = node['regex'] as { pattern: string } | undefined
  return [textOf(node) ?? pattern?.pattern ?? '']
}

function isSaid(code: string, said: string): boolean {
  return new RegExp(`(?<![\\w-])${code}(?![\\w-])`).test(said)
}
