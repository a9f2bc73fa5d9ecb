// A search for fault codes: every code that the sources give a Fault, followed to the literal that names it.
import { isSyntax, memberOf, nameOf, textOf } from './syntax.ts'
import type { SourceFile, Violation } from './source-file.ts'
import type { Syntax } from './syntax.ts'

/** Files that make a fault anew out of another one's code. */
const remakers = ['runtime/fault.ts']

const functions = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']

/** A code, and where it is given. */
export interface GivenCode {
  readonly code: string
  readonly file: SourceFile
  readonly at: Syntax
}

export class CodeSearch {
  readonly given: GivenCode[] = []
  /** Places whose code no reader can tell. */
  readonly hidden: Violation[] = []
  readonly #unions: ReadonlyMap<string, Syntax>

  constructor(files: readonly SourceFile[]) {
    this.#unions = new Map(files.flatMap(({ nodes }) => nodes.flatMap(({ node }) => aliasOf(node))))
    for (const file of files) {
      if (remakers.includes(file.path)) continue
      for (const { node } of file.nodes) {
        const code = codeArgument(node)
        if (code !== undefined) this.#follow(file, code)
      }
    }
  }

  #follow(file: SourceFile, expression: Syntax): void {
    const code = textOf(expression)
    const name = nameOf(expression)
    if (code !== undefined) this.given.push({ code, file, at: expression })
    else if (expression.type === 'ConditionalExpression') {
      this.#follow(file, expression['consequent'] as Syntax)
      this.#follow(file, expression['alternate'] as Syntax)
    } else if (name === undefined || !this.#followName(file, expression, name)) {
      this.hidden.push(
        file.violation(expression, 'the code of this fault is neither a literal nor a union of literals'),
      )
    }
  }

  /** By the type that the name is annotated with; else, if it is a parameter, by what the function is called with. */
  #followName(file: SourceFile, at: Syntax, name: string): boolean {
    const union = this.#unionOf(file, name)
    if (union.length > 0) {
      for (const code of union) this.given.push({ code, file, at })
      return true
    }
    const owner = file.nodes.find(({ node }) => holds(node, at) && parameterIndex(node, name) >= 0)
    if (owner === undefined) return false
    const called = nameOf(owner.node['id']) ?? nameOf(owner.holder?.['key']) ?? nameOf(owner.holder?.['id'])
    const calls = file.nodes.filter(
      ({ node }) => node.type === 'CallExpression' && calleeName(node) === called,
    )
    const index = parameterIndex(owner.node, name)
    for (const { node } of calls) this.#follow(file, (node['arguments'] as Syntax[])[index] ?? node)
    return calls.length > 0
  }

  #unionOf(file: SourceFile, name: string): string[] {
    const types = file.nodes.flatMap(({ node }) => (nameOf(node) === name ? typeNameOf(node) : []))
    return types.flatMap((type) => {
      const union = this.#unions.get(type)
      return union === undefined ? [] : literalsOf(union)
    })
  }
}

/** The code that `new Fault(code, …)` or `Fault.wrap(error, code, …)` is given. */
function codeArgument(node: Syntax): Syntax | undefined {
  const callee = node['callee']
  if (!isSyntax(callee)) return undefined
  const given = node['arguments'] as Syntax[]
  if (node.type === 'NewExpression' && nameOf(callee) === 'Fault') return given[0]
  if (node.type === 'CallExpression' && memberOf(callee) === 'wrap' && nameOf(callee['object']) === 'Fault')
    return given[1]
  return undefined
}

function aliasOf(node: Syntax): [string, Syntax][] {
  return node.type === 'TSTypeAliasDeclaration'
    ? [[nameOf(node['id'])!, node['typeAnnotation'] as Syntax]]
    : []
}

function typeNameOf(node: Syntax): string[] {
  const annotation = node['typeAnnotation']
  if (!isSyntax(annotation) || !isSyntax(annotation['typeAnnotation'])) return []
  return [nameOf(annotation['typeAnnotation']['typeName']) ?? '']
}

function literalsOf(type: Syntax): string[] {
  const members = type.type === 'TSUnionType' ? (type['types'] as Syntax[]) : [type]
  return members.flatMap((member) => textOf(member['literal']) ?? [])
}

function holds(outer: Syntax, inner: Syntax): boolean {
  return functions.includes(outer.type) && outer.start < inner.start && inner.end < outer.end
}

function parameterIndex(owner: Syntax, name: string): number {
  return (owner['params'] as Syntax[]).findIndex((one) => nameOf(one) === name)
}

function calleeName(call: Syntax): string | undefined {
  const callee = call['callee'] as Syntax
  return nameOf(callee) ?? memberOf(callee)
}
