// A node's verb desk: runs verbs on this whole node for operators of other nodes of its cluster, each with streams of its own.
import { escapeText } from '../../runtime/escape.ts'
import { Fault } from '../../runtime/fault.ts'
import { gather } from './gather.ts'
import { inputOf } from './input.ts'
import { newsOf } from './news-of.ts'
import { newsInput, pathsInput } from './probe-input.ts'
import { paths } from './paths.ts'
import { performHere } from './perform-here.ts'
import { performStreamHere } from './perform-stream.ts'
import { pulse, pulseName } from './pulse.ts'
import { VerbDesk } from './verb-desk.ts'
import { verbs } from './table.ts'
import type { AnyVerb, MainVerb, StreamingVerb } from './verb.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Node } from '../node.ts'
import type { VerbOrder } from './verb-order.ts'
import type { VerbRunner } from './verb-desk.ts'

/** From now on operators of other nodes may ask this one; what they have begun ends with their membership, or with this node's. */
export function serveVerbs(node: Node, cluster: Cluster): void {
  const desk = new NodeVerbDesk(node)
  cluster.onVerb = (order, member) => desk.take(order, member)
  const { directory } = cluster.agreement
  directory.watch(
    (change) => {
      if (change.type === 'member-ended') desk.ended(change.member.number)
    },
    () => desk.keep((member) => directory.facts.member(member) !== undefined),
  )
}

export class NodeVerbDesk {
  readonly #node: Node
  readonly #runner: VerbRunner
  readonly #desks = new Map<number, VerbDesk>()

  constructor(node: Node) {
    this.#node = node
    this.#runner = onNode(node)
  }

  /** Carries out an order of a member. @throws {Fault} `command-unknown` `streams-full`, and what stands in the verb's way */
  take(order: VerbOrder, member: number): Promise<string> {
    let desk = this.#desks.get(member)
    if (desk === undefined) {
      desk = new VerbDesk(this.#node, this.#runner)
      this.#desks.set(member, desk)
    }
    return desk.take(order)
  }

  /** A member is none any more: nobody fetches what it has begun. */
  ended(member: number): void {
    this.#desks.get(member)?.close()
    this.#desks.delete(member)
  }

  keep(isMember: (member: number) => boolean): void {
    for (const member of this.#desks.keys()) if (!isMember(member)) this.ended(member)
  }
}

/** What comes from another node is looked at as what a console sends. */
function onNode(node: Node): VerbRunner {
  return {
    run(name, input, signal) {
      if (name === pulseName) return pulse(node)
      if (name === paths.name) return pathsOf(node, input, signal)
      const verb = named(name, 'once')
      const checked = checkedInput(verb, input)
      // The table forgets the types of its verbs; `inputOf` has looked at the input.
      return performHere(node, verb as unknown as MainVerb<unknown, unknown>, checked, {
        signal,
        isFar: true,
      })
    },
    open(name, input, signal) {
      if (name === 'news') return newsOf(node, newsInput(input), signal)
      const verb = named(name, 'stream')
      const stream = verb as unknown as StreamingVerb<unknown, unknown>
      return performStreamHere(node, stream, checkedInput(verb, input), { signal, isFar: true })
    },
  }
}

function named(name: string, answers: AnyVerb['answers']): AnyVerb {
  const verb = verbs.find((one) => one.name === name && one.answers === answers)
  if (verb !== undefined) return verb
  throw refused(name, 'it has no such verb')
}

/** @throws {Fault} `command-unknown` for what is done on the node's own console alone, and those of `inputOf` */
function checkedInput(verb: AnyVerb, given: unknown): unknown {
  const known: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(Object(given) as Record<string, unknown>))
    if (value !== undefined) known[key] = value
  const input = inputOf(verb, known)
  // The types are those of the verb's own parameters.
  const own = input as never
  if (verb.across !== undefined || verb.where(own).in === 'home' || verb.subject?.(own) !== undefined)
    return input
  throw refused(verb.name, 'that is done on its own console alone')
}

async function pathsOf(node: Node, input: unknown, signal: AbortSignal): Promise<string[]> {
  const wanted = pathsInput(input)
  const { parts } = await gather(node, paths, { input: wanted, signal })
  return parts.flatMap(({ data }) => data).slice(0, wanted.limit)
}

function refused(name: string, why: string): Fault {
  return new Fault('command-unknown', `Cannot do "${escapeText(name, 60)}" for another node: ${why}`, {
    hint: 'Run the same version on all nodes, or use the console of that one.',
  })
}
