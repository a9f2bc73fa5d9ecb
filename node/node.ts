// A node: one Troupe process; it holds the definitions, the runtime and the way in from outside.
import { Definitions } from './definitions.ts'
import { checkName } from '../runtime/path.ts'
import { Fault } from '../runtime/fault.ts'
import { Operator } from './operator.ts'
import { Runtime } from '../runtime/runtime.ts'
import { Tree } from '../supervisors/tree.ts'
import { SystemClock } from './system-clock.ts'
import { SystemRandom } from './system-random.ts'
import type { Definition, DefinitionProtocol, Ref, SpawnOptions } from '../runtime/actor.ts'
import type { Audit } from '../runtime/accounting.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Random } from '../runtime/random.ts'

/** How to start a node. */
export interface NodeOptions {
  /** One path segment; default `local`. Roots without a name carry it in their path. */
  readonly name?: string
  /** Modules whose exported definitions can be spawned by name. */
  readonly load?: readonly string[]
  /** Checks and freezes payloads, so that what works here works across threads and hosts. Default false. */
  readonly strict?: boolean
}

/** The contracts that a node runs on; tests and the simulator bring their own. */
export interface NodeContracts {
  readonly clock: Clock
  readonly random: Random
  /** Lets a seed decide whose turn it is. */
  readonly shuffle?: Random
}

export class Node implements AsyncDisposable {
  readonly name: string
  readonly runtime: Runtime
  readonly definitions: Definitions = new Definitions()
  /** What the verbs of console and inspector go through. */
  readonly operator: Operator = new Operator()
  #stopping: Promise<void> | undefined

  constructor(options: NodeOptions, contracts: NodeContracts) {
    this.name = options.name ?? 'local'
    checkName(this.name)
    this.runtime = new Runtime({
      name: this.name,
      supervision: new Tree(),
      isStrict: options.strict ?? false,
      ...contracts,
    })
  }

  /**
   * Starts a root actor and waits until its `started` hook has ended.
   * @param definition what to spawn
   * @param options its path, such as `bank/ada`, or a path and what its supervisor should know; without a path one is given
   * @param args for the definition's state factory
   * @throws {Fault} `start-failed` the state factory or `started` threw; nothing is left behind
   * @throws {Fault} `name-invalid` `name-taken` `supervision-invalid` `actors-full` `actor-stopped`
   */
  async spawn<A extends unknown[], S, H, B>(
    definition: Definition<A, S, H, B>,
    options?: string | SpawnOptions,
    ...args: A
  ): Promise<Ref<DefinitionProtocol<H, B>>> {
    // A definition's types are those of its table: the compiled form cannot carry them.
    return (await this.runtime.spawn({ definition, options, args })) as unknown as Ref<
      DefinitionProtocol<H, B>
    >
  }

  /** The ref of the actor that lives at a path now. */
  find(path: string): Ref | undefined {
    return this.runtime.find(path)
  }

  /** Adds up every message of the node; `isBalanced` is false if one is unaccounted for. */
  audit(): Audit {
    return this.runtime.audit()
  }

  /** Ends all actors kindly, the last started root first, and then the node. Calling it again waits for the same end. */
  stop(): Promise<void> {
    this.#stopping ??= this.runtime.stop()
    return this.#stopping
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}

/**
 * Starts a node.
 * @throws {Fault} `option-unknown` `name-invalid`
 * @throws {Fault} `file-unloadable` `file-empty` `definition-taken` from `load`
 * @example
 * await using node = await startNode({ name: 'amsterdam' })
 */
export async function startNode(options: NodeOptions = {}): Promise<Node> {
  checkOptions(options)
  const node = new Node(options, { clock: new SystemClock(), random: new SystemRandom() })
  try {
    for (const file of options.load ?? []) await node.definitions.load(file)
  } catch (fault) {
    await node.stop()
    throw fault
  }
  return node
}

const optionNames: readonly string[] = ['name', 'load', 'strict'] satisfies (keyof NodeOptions)[]

function checkOptions(options: object): void {
  for (const key of Object.keys(options)) {
    if (optionNames.includes(key)) continue
    throw new Fault('option-unknown', `Cannot start a node: there is no option "${key}"`, {
      hint: `Use one of: ${optionNames.join(', ')}.`,
    })
  }
}
