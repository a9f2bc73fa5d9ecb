// A definition: an actor's code under a name and a version, checked once and compiled into handler tables.
import { Fault } from './fault.ts'
import { escapeText } from './escape.ts'
import type { ActorSpec, Definition, Handlers, Overflow, Self } from './actor.ts'

/** Messages that may wait in a mailbox unless the definition says otherwise: about 6 MB of envelopes. */
export const mailboxMessagesDefault = 100_000
/** The most a definition may ask for; beyond it a mailbox is a leak, not a buffer. */
export const mailboxMessagesMax = 1_000_000
/** The most often a failing message may be tried. */
export const triesMaxMax = 100

/** Records after which a state is written down whole: to read so many again takes a few milliseconds. */
export const snapshotEveryDefault = 1_000
/** The most a definition may ask for. */
export const snapshotEveryMax = 1_000_000

/** Applies an event to a state: changes it in place, or returns the new one. */
export type ApplyEvent = (state: unknown, payload: unknown) => unknown

/** The name of the behaviour that `on` is. */
export const defaultBehaviour = 'on'

/** A compiled handler. */
export interface Handler {
  readonly run: (self: Self, payload: unknown) => unknown
  /** Declared `async`: what it sends after an `await` must still be known to come from it. */
  readonly isAsync: boolean
}

/** One handler table: looks a handler up by the message's name, the last one without hashing. */
export class Behaviour {
  readonly name: string
  readonly handlers: ReadonlyMap<string, Handler>
  #lastName = ''
  #lastHandler: Handler | undefined = undefined

  constructor(name: string, table: object) {
    this.name = name
    this.handlers = new Map(
      Object.entries(table as Record<string, Handler['run']>).map(([key, run]) => [
        key,
        { run, isAsync: run.constructor.name === 'AsyncFunction' },
      ]),
    )
  }

  find(message: string): Handler | undefined {
    if (message === this.#lastName) return this.#lastHandler
    const handler = this.handlers.get(message)
    this.#lastName = message
    this.#lastHandler = handler
    return handler
  }
}

/** What `defineActor` really returns; `compiled` narrows a `Definition` to it. */
export class ActorDefinition {
  readonly name: string
  readonly version: number
  readonly spec: ActorSpec<unknown[], unknown, unknown, unknown>
  readonly on: Behaviour
  readonly behaviours: ReadonlyMap<string, Behaviour>
  readonly messagesMax: number
  readonly overflow: Overflow
  readonly triesMax: number
  readonly events: ReadonlyMap<string, ApplyEvent>
  /** Its actors have journals. */
  readonly isDurable: boolean
  /** It keeps the last state alone. */
  readonly keepsState: boolean
  /** Records after which its state is written down whole. */
  readonly snapshotEvery: number

  constructor(name: string, spec: ActorSpec<unknown[], unknown, unknown, unknown>) {
    checkDefinition(name, spec)
    this.name = name
    this.spec = spec
    this.version = spec.version ?? 1
    this.on = new Behaviour(defaultBehaviour, spec.on as object)
    const tables = Object.entries((spec.behaviours ?? {}) as Record<string, object>)
    this.behaviours = new Map([
      [defaultBehaviour, this.on],
      ...tables.map(([key, table]) => [key, new Behaviour(key, table)] as const),
    ])
    this.messagesMax = spec.mailbox?.messagesMax ?? mailboxMessagesDefault
    this.overflow = spec.mailbox?.overflow ?? 'reject'
    this.triesMax = spec.triesMax ?? 1
    this.events = new Map(Object.entries<ApplyEvent>(spec.events ?? {}))
    this.keepsState = spec.durable === 'state'
    this.isDurable = this.keepsState || spec.events !== undefined
    this.snapshotEvery = spec.snapshots?.every ?? snapshotEveryDefault
  }

  /** The version of an event's payload. */
  eventVersion(event: string): number {
    return (this.spec.eventVersions as Readonly<Record<string, number>> | undefined)?.[event] ?? 1
  }

  /** Whether any behaviour has a handler of that name. */
  understands(message: string): boolean {
    if (this.on.handlers.has(message)) return true
    for (const table of this.behaviours.values()) if (table.handlers.has(message)) return true
    return false
  }

  /** All message names, sorted. */
  messages(): string[] {
    const names = new Set<string>()
    for (const table of this.behaviours.values()) for (const name of table.handlers.keys()) names.add(name)
    return [...names].toSorted()
  }
}

/** What tables must be, beside what they are: so `self` is known in them once the state and the events above them are. */
interface Tables<S, E> {
  readonly on: Handlers<S, E>
  readonly behaviours?: Readonly<Record<string, Handlers<S, E>>>
}

/**
 * Defines a kind of actor. The handler table is the protocol: names, payloads and replies of `tell` and `ask` are inferred from it.
 * @param name letters, digits, `-`, `_` and `.`, starting with a letter; unique in a node
 * @param spec state factory, events, handlers, hooks and options, in this order: the types of each follow from those before
 * @throws {Fault} `definition-invalid` a part is missing, of the wrong kind or out of range
 * @example
 * const counter = defineActor('counter', {
 *   state: () => ({ count: 0 }),
 *   on: { increment(self, by: number) { self.state.count += by } },
 * })
 */
export function defineActor<A extends unknown[] = [], S = unknown, E = {}, H = unknown, B = unknown>(
  name: string,
  spec: ActorSpec<A, S, H, B, E> & Tables<S, E>,
): Definition<A, S, H, B> {
  // The compiled form forgets the author's types; a Definition's type parameters carry them on.
  const compiledSpec = spec as unknown as ActorSpec<unknown[], unknown, unknown, unknown>
  return new ActorDefinition(name, compiledSpec) as unknown as Definition<A, S, H, B>
}

/** Narrows what a caller gave as a definition. @throws {Fault} `definition-invalid` */
export function compiled(definition: unknown): ActorDefinition {
  if (definition instanceof ActorDefinition) return definition
  throw new Fault(
    'definition-invalid',
    `Cannot use a ${typeof definition} as a definition: it was not made by defineActor`,
    {
      hint: 'Pass what defineActor or defineSupervisor returned.',
    },
  )
}

function checkDefinition(name: unknown, spec: ActorSpec<unknown[], unknown, unknown, unknown>): void {
  if (typeof name !== 'string' || !/^[A-Za-z][\w.-]{0,63}$/.test(name)) {
    refuse(String(name), 'its name is not 1 to 64 letters, digits, "-", "_" or "." starting with a letter')
  }
  if (typeof spec !== 'object' || spec === null) refuse(name, 'the second argument is not an object')
  checkTable(name, 'on', spec.on)
  for (const [key, table] of Object.entries(spec.behaviours ?? {})) {
    if (key === defaultBehaviour) refuse(name, `behaviours.${key} takes the name of the default behaviour`)
    checkTable(name, `behaviours.${key}`, table)
  }
  for (const hook of ['state', 'started', 'recovered', 'stopping', 'down', 'upgrade', 'upcast'] as const) {
    if (spec[hook] !== undefined && typeof spec[hook] !== 'function')
      refuse(name, `${hook} is not a function`)
  }
  checkRange(name, 'version', spec.version, Number.MAX_SAFE_INTEGER)
  checkRange(name, 'mailbox.messagesMax', spec.mailbox?.messagesMax, mailboxMessagesMax)
  checkRange(name, 'triesMax', spec.triesMax, triesMaxMax)
  checkDurability(name, spec)
  const overflow = spec.mailbox?.overflow
  if (overflow !== undefined && !['reject', 'drop-newest', 'drop-oldest'].includes(overflow)) {
    refuse(name, `mailbox.overflow is ${escapeText(overflow, 40)}, not reject, drop-newest or drop-oldest`)
  }
}

function checkDurability(name: string, spec: ActorSpec<unknown[], unknown, unknown, unknown>): void {
  const { durable, events } = spec
  if (durable !== undefined && durable !== 'state')
    refuse(name, `durable is ${escapeText(durable, 40)}, not state`)
  if (durable !== undefined && events !== undefined)
    refuse(name, 'it has both events and durable; one makes the other useless')
  if (events !== undefined) checkTable(name, 'events', events)
  checkRange(name, 'snapshots.every', spec.snapshots?.every, snapshotEveryMax)
  for (const [event, version] of Object.entries<number>(spec.eventVersions ?? {})) {
    if (events === undefined || !Object.hasOwn(events, event))
      refuse(name, `eventVersions.${escapeText(event, 40)} is no event`)
    checkRange(name, `eventVersions.${event}`, version, Number.MAX_SAFE_INTEGER)
  }
}

function checkTable(name: string, where: string, table: unknown): void {
  if (typeof table !== 'object' || table === null) refuse(name, `${where} is not a table of handlers`)
  for (const [key, handler] of Object.entries(table)) {
    if (typeof handler !== 'function') refuse(name, `${where}.${escapeText(key, 40)} is not a function`)
    if (key.startsWith('$'))
      refuse(name, `${where}.${escapeText(key, 40)} begins with "$", as the runtime's own messages do`)
  }
}

function checkRange(name: string, where: string, value: number | undefined, max: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= max)) return
  refuse(name, `${where} is ${String(value)}, not a whole number from 1 to ${max}`)
}

function refuse(name: string, why: string): never {
  throw new Fault('definition-invalid', `Cannot define "${escapeText(name, 64)}": ${why}`, {
    hint: 'Mend the call of defineActor; docs/architecture.md lists its parts.',
  })
}
