// A syntax tree as the rules walk it: nodes with a type and a place, whatever else they hold.
import { parseAst } from 'vitest/node'

/** A node of an ESTree with TypeScript's additions; its members are asked for by name and narrowed where they are used. */
export interface Syntax {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [member: string]: unknown
}

/** A node, the node that holds it, and under which name. */
export interface Found {
  readonly node: Syntax
  readonly holder: Syntax | undefined
  readonly member: string
}

/** @throws if the text is not TypeScript */
export function parseTypeScript(text: string, path: string): Syntax {
  // The runner's own parser is here anyway; what replaces it would be a dependency more.
  // oxlint-disable-next-line typescript/no-deprecated
  return parseAst(text, { lang: 'ts' }, path) as unknown as Syntax
}

/** Every node, a holder before what it holds. */
export function* walk(node: Syntax, holder?: Syntax, member = ''): Generator<Found> {
  yield { node, holder, member }
  for (const [name, value] of Object.entries(node)) {
    for (const item of Array.isArray(value) ? value : [value])
      if (isSyntax(item)) yield* walk(item, node, name)
  }
}

export function isSyntax(value: unknown): value is Syntax {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

/** The text of a string literal, or of a template without holes. */
export function textOf(node: unknown): string | undefined {
  if (!isSyntax(node)) return undefined
  if (node.type === 'Literal') return typeof node['value'] === 'string' ? node['value'] : undefined
  if (node.type !== 'TemplateLiteral' || !Array.isArray(node['quasis']) || node['quasis'].length !== 1)
    return undefined
  return quasiText(node['quasis'][0])
}

/** The text of one stretch of a template between its holes. */
export function quasiText(node: Syntax): string {
  return String((node['value'] as { cooked: string | null }).cooked)
}

/** The name of an identifier, also of a private one, without its `#`. */
export function nameOf(node: unknown): string | undefined {
  const isName = isSyntax(node) && ['Identifier', 'PrivateIdentifier'].includes(node.type)
  return isName ? String(node['name']) : undefined
}

/** The name of the member that a member expression reads: `a.b` and `a['b']` read `b`. */
export function memberOf(node: Syntax): string | undefined {
  if (node.type !== 'MemberExpression') return undefined
  return node['computed'] === true ? textOf(node['property']) : nameOf(node['property'])
}
