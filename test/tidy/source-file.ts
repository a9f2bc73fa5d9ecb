// A source file as the rules see it: its path, its text, its syntax and what it imports.
import { posix } from 'node:path'
import { isSyntax, parseTypeScript, textOf, walk } from './syntax.ts'
import type { Found, Syntax } from './syntax.ts'

/** One import, export-from, `import()` or `import('…')` type. */
export interface Import {
  /** As written. */
  readonly specifier: string
  /** The file of this repository that it means, from the root; undefined for a package or a module of Node.js. */
  readonly target: string | undefined
  readonly line: number
}

/** A broken rule, as `path:line: what is wrong`. */
export type Violation = string

/** A rule looks at all files and says what breaks it. */
export type Rule = (files: readonly SourceFile[]) => Violation[]

/** What our own package name leads to, as `exports` of package.json says. */
const ownDoors: Readonly<Record<string, string>> = {
  troupe: 'index.ts',
  'troupe/testing': 'scenarios/testing/index.ts',
}

const importing =
  'ImportDeclaration ExportNamedDeclaration ExportAllDeclaration ImportExpression TSImportType'.split(' ')

export class SourceFile {
  /** From the root, with `/`. */
  readonly path: string
  readonly text: string
  readonly nodes: readonly Found[]
  readonly imports: readonly Import[]

  constructor(path: string, text: string) {
    this.path = path
    this.text = text
    this.nodes = [...walk(parseTypeScript(text, path))]
    this.imports = this.nodes.flatMap(({ node }) => this.#importOf(node))
  }

  /** The first folder of the path; for a file at the root, its own name. */
  get floor(): string {
    return this.path.split('/')[0]!
  }

  get isTest(): boolean {
    return this.floor === 'test'
  }

  /** Configuration of a tool: its shape is the tool's affair. */
  get isConfiguration(): boolean {
    return /^[^/]+\.config\.ts$/.test(this.path)
  }

  violation(at: Syntax | number, what: string): Violation {
    const line = typeof at === 'number' ? at : this.#lineOf(at)
    return `${this.path}:${line}: ${what}`
  }

  /** The text of the line that a node begins on. */
  lineWith(node: Syntax): string {
    return this.text.split('\n')[this.#lineOf(node) - 1] ?? ''
  }

  #lineOf(node: Syntax): number {
    return this.text.slice(0, node.start).split('\n').length
  }

  #importOf(node: Syntax): Import[] {
    if (!importing.includes(node.type)) return []
    const specifier = textOf(sourceOf(node))
    if (specifier === undefined) return []
    return [{ specifier, target: this.#targetOf(specifier), line: this.#lineOf(node) }]
  }

  #targetOf(specifier: string): string | undefined {
    if (!specifier.startsWith('.')) return ownDoors[specifier]
    return posix.join(posix.dirname(this.path), specifier)
  }
}

function sourceOf(node: Syntax): unknown {
  if (node.type !== 'TSImportType') return node['source']
  const { source, argument } = node
  return isSyntax(argument) && isSyntax(argument['literal']) ? argument['literal'] : (source ?? argument)
}
