// A verb: one thing that an operator can ask of a node, described so that a console, HTTP and an inspector can all offer it.
import type { Node } from '../node.ts'
import type { Across, StreamAcross } from './across.ts'
import type { Ground } from './ground.ts'
import type { AnyParameter, Parameters } from './parameter.ts'
import type { AnyWhere, InMain, StreamWhere, Where } from './where.ts'

/** `low` looks at one actor or at few · `medium` walks over many or follows what happens · `high` changes something. */
export type Risk = 'low' | 'medium' | 'high'

/** Who may: `view` sees, `trace` follows messages, `operate` acts on actors, `admin` changes what the node can do. */
export type Role = 'view' | 'trace' | 'operate' | 'admin'

/** Everything that is known of a verb without running it, its parameters aside. */
export interface Headline {
  readonly name: string
  /** One sentence in the third person. */
  readonly summary: string
  /** What the summary leaves out, as sentences. */
  readonly details?: string
  readonly risk: Risk
  readonly role: Role
  /** Whole lines, at least one. */
  readonly examples: readonly string[]
}

/** The same with the parameters that make the input `I`. */
export interface Signature<I> extends Headline {
  readonly parameters: Parameters<I>
}

/** A signature whose types are known to the verb alone. */
export interface AnySignature extends Headline {
  readonly parameters: Readonly<Record<string, AnyParameter>>
}

/** What a verb is run with besides its input. */
export interface VerbContext {
  /** Aborted when whoever asked does not want the answer any more. */
  readonly signal: AbortSignal
  /** Told now and then how far long work is. */
  readonly progress?: ((done: number, all: number) => void) | undefined
  /** Another node asks: nobody is asked beyond this one. */
  readonly isFar?: boolean
}

/** How a verb reaches other nodes of a cluster, besides going where an actor lives. */
export interface Reach<I, A> {
  /** It can be asked of other nodes, by its parameter `node`. */
  readonly across?: A
  /** Of one that runs in the main thread: the actor whose node that is. */
  subject?(input: I): string | undefined
}

/** A verb with one answer. It never prints; what it returns can be written as JSON. */
export interface Verb<I, D> extends Signature<I>, Reach<I, Across<I, D>> {
  readonly answers: 'once'
  /** Not asked on a node without threads. */
  where(input: I): Where<D>
  /** @throws {Fault} what stands in the way */
  run(ground: Ground, input: I, context: VerbContext): D | Promise<D>
}

/** A verb with one answer that needs the whole node. */
export interface MainVerb<I, D> extends Signature<I>, Reach<I, Across<I, D>> {
  readonly answers: 'once'
  where(input: I): InMain
  /** @throws {Fault} what stands in the way */
  run(node: Node, input: I, context: VerbContext): D | Promise<D>
}

/** A verb that goes on answering, until its bounds are reached or the signal is aborted. */
export interface StreamingVerb<I, R> extends Signature<I>, Reach<I, StreamAcross<I, R>> {
  readonly answers: 'stream'
  /** Not asked on a node without threads. */
  where(input: I): StreamWhere<R>
  /**
   * Begins at once; whoever calls it must iterate, or nobody ends what was begun.
   * @throws {Fault} what stands in the way, before the first record
   */
  run(ground: Ground, input: I, context: VerbContext): AsyncIterable<R>
}

/** A verb whose types are known to itself alone; its input comes from `inputOf`. */
export interface AnyVerb extends AnySignature {
  readonly answers: 'once' | 'stream'
  readonly across?: unknown
  where(input: never): AnyWhere
  subject?(input: never): string | undefined
  run(node: Node, input: never, context: VerbContext): unknown
}
