// The rule of whole suites: no test is skipped, singled out, expected to fail or left to write.
import { isSyntax, memberOf, nameOf } from './syntax.ts'
import type { SourceFile, Violation } from './source-file.ts'
import type { Syntax } from './syntax.ts'

const runners = ['test', 'it', 'describe', 'suite', 'bench']
const shortcuts = ['xit', 'xtest', 'xdescribe', 'fit', 'ftest', 'fdescribe']
const exceptions = ['skip', 'only', 'todo', 'fails', 'skipIf', 'runIf']

export function skipped(files: readonly SourceFile[]): Violation[] {
  return files
    .filter((file) => file.isTest)
    .flatMap((file) =>
      file.nodes.flatMap(({ node }) => {
        const what = exceptionOf(node)
        return what === undefined ? [] : [file.violation(node, `"${what}": every test runs, or it goes`)]
      }),
    )
}

/** `test.skip`, `describe.each.only`, `test(…, { only: true })`, `fit(…)`, `context.skip()`. */
function exceptionOf(node: Syntax): string | undefined {
  const member = memberOf(node)
  if (member !== undefined && exceptions.includes(member))
    return runners.includes(rootOf(node)) ? member : undefined
  if (node.type !== 'CallExpression') return undefined
  const callee = node['callee'] as Syntax
  if (shortcuts.includes(nameOf(callee) ?? '')) return nameOf(callee)
  if (memberOf(callee) === 'skip' && !runners.includes(rootOf(callee))) return 'skip'
  return runners.includes(rootOf(callee)) ? optionOf(node) : undefined
}

/** The name at the left end of a chain of members and calls. */
function rootOf(node: Syntax): string {
  const inner = node['object'] ?? node['callee'] ?? node['tag']
  return isSyntax(inner) ? rootOf(inner) : (nameOf(node) ?? '')
}

function optionOf(call: Syntax): string | undefined {
  const options = (call['arguments'] as Syntax[]).filter(({ type }) => type === 'ObjectExpression')
  const keys = options.flatMap((one) =>
    (one['properties'] as Syntax[]).map((property) => nameOf(property['key'])),
  )
  return keys.find((key) => key !== undefined && exceptions.includes(key))
}
