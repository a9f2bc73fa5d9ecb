// The command drain: what still lives in a node that takes no new roots.
import { answering } from './command.ts'
import { drain as verb } from '../verbs/drain.ts'
import type { AnyCommand } from './command.ts'

export const drain: AnyCommand = answering(verb, {
  print({ node, status, roots, paths, shards }, style) {
    const name = style.safe(node, 120)
    const isDraining = status === 'draining'
    const head = isDraining
      ? `${style.paint('warning', `${style.characters.status.stopping} draining`)}  ${name} takes no new roots`
      : `${style.paint('good', `${style.characters.ok} ${status}`)}  ${name} takes roots again`
    const left = `${roots} root${roots === 1 ? '' : 's'} and ${shards} shard${shards === 1 ? '' : 's'} there`
    const more = roots - paths.length
    return [
      `${head}; ${left}`,
      ...(isDraining ? paths.map((path) => `  ${style.safe(path, 600)}`) : []),
      ...(isDraining && more > 0
        ? [
            style.paint(
              'faint',
              `  ${style.characters.more} ${more} more; see them with "homes --node ${name}"`,
            ),
          ]
        : []),
    ].join('\n')
  },
})
