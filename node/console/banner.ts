// The banner: what a newcomer sees first: three lines to try, made for what is loaded.
import type { Node } from '../node.ts'
import type { Style } from './style.ts'

export function banner(node: Node, version: string, style: Style): string {
  const definitions = node.definitions.list().map(({ definition }) => definition)
  const names = definitions.map(({ name }) => name)
  const what = names.length === 0 ? 'no definitions yet' : `it knows ${style.safe(names.join(', '), 200)}`
  const head = `${style.paint('strong', `Troupe ${version}`)}, node ${style.safe(node.name)}${threadsText(node)}${clusterText(node, style)}; ${what}. Try:`
  const tries = linesToTry(node).map((line) => `  ${style.paint('active', style.safe(line))}`)
  return [
    head,
    ...tries,
    style.paint('faint', '"help" shows all commands, Tab completes, Ctrl-D leaves.'),
  ].join('\n')
}

/** `, 2 threads`. */
function threadsText({ fleet }: Node): string {
  const count = fleet?.crew.serving.length ?? 0
  return count === 0 ? '' : `, ${count} thread${count === 1 ? '' : 's'}`
}

/** `, one of 3 nodes of cluster 4f2a`. */
function clusterText({ cluster }: Node, style: Style): string {
  if (cluster === undefined) return ''
  const { memberCount: count } = cluster.facts
  const which = `cluster ${style.safe(cluster.id, 60)}`
  return count === 1 ? `, the only node of ${which}` : `, one of ${count} nodes of ${which}`
}

function linesToTry(node: Node): string[] {
  const definitions = node.definitions.list().map(({ definition }) => definition)
  const counter = definitions.find(({ name }) => name === 'counter')
  if (counter?.understands('increment') === true) {
    return ['spawn counter clicks', 'tell clicks increment 3', 'ask clicks value']
  }
  const [first] = definitions
  if (first === undefined) return ['load ./file.ts', 'definitions', 'help']
  const [message] = first.messages()
  return [`spawn ${first.name} one`, message === undefined ? 'info one' : `ask one ${message}`, 'tree']
}
