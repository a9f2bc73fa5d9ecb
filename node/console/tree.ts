// The command tree: draws who looks after whom.
import { tree as verb } from '../verbs/tree.ts'
import { remarks } from './actor-columns.ts'
import { answering } from './command.ts'
import type { Branch, NodeCount } from '../verbs/tree.ts'
import type { AnyCommand } from './command.ts'
import type { Style } from './style.ts'

export const tree: AnyCommand = answering(verb, {
  print({ node, nodes, path, branches, left, total }, style) {
    if (path !== null) return branches.flatMap((branch) => subtree(branch, style)).join('\n')
    if (nodes !== undefined) return nodes.map((one) => ofNode(one, branches, style)).join('\n')
    const head = `${style.paint('strong', style.safe(node, 600))}  ${total} actor${total === 1 ? '' : 's'}`
    return [head, ...below({ below: branches, left }, '', style)].join('\n')
  },
})

function ofNode({ node, total, left }: NodeCount, branches: readonly Branch[], style: Style): string {
  const own = branches.filter((branch) => branch.node === node)
  const head = `${style.paint('strong', style.safe(node, 600))}  ${total} actor${total === 1 ? '' : 's'}`
  return [head, ...below({ below: own, left }, '', style)].join('\n')
}

/** A branch that was asked for stands at the left, with its whole path. */
function subtree(branch: Branch, style: Style): string[] {
  return [lineOf(branch, branch.path, style), ...below(branch, '', style)]
}

function below(
  above: { readonly below: readonly Branch[]; readonly left: number },
  indent: string,
  style: Style,
): string[] {
  const { branch, lastBranch, trunk, more } = style.characters
  const lines = above.below.flatMap((child, at) => {
    const isLast = at === above.below.length - 1 && above.left === 0
    const line = `${indent}${isLast ? lastBranch : branch}${lineOf(child, child.name, style)}`
    return [line, ...below(child, `${indent}${isLast ? ' '.repeat(trunk.length) : trunk}`, style)]
  })
  if (above.left === 0) return lines
  return [
    ...lines,
    `${indent}${lastBranch}${style.paint('faint', `${more} ${above.left} more; see them with --limit, --depth or a path`)}`,
  ]
}

function lineOf(branch: Branch, name: string, style: Style): string {
  const said = remarks(branch, style)
  const words = [
    style.paint('strong', style.safe(name, 600)),
    style.safe(branch.definition),
    style.status(branch.status),
  ]
  const where = branch.thread === undefined ? '' : style.paint('faint', `  thread ${branch.thread}`)
  return `${words.join('  ')}${said === '' ? '' : `, ${said}`}${where}`
}
