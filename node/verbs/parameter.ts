// A parameter of a verb: its kind, place and bounds, from which parsing, help, completion and documents are made.

/** What a parameter's value stands for; it decides how text becomes a value and what Tab offers. */
export type ParameterKind =
  | 'path'
  | 'node'
  | 'definition'
  | 'message'
  | 'payload'
  | 'count'
  | 'duration'
  | 'file'
  | 'choice'
  | 'text'
  | 'flag'

/** By position in the order of declaration, by `--name`, or all positions that are left. */
export type Place = 'position' | 'option' | 'rest'

/** A parameter whose value's type is not known. */
export interface AnyParameter {
  readonly kind: ParameterKind
  readonly summary: string
  readonly place: Place
  readonly isRequired: boolean
  /** What the verb gets when nothing is given. */
  readonly fallback?: unknown
  /** Bounds of a count or of a duration in milliseconds, both included. */
  readonly min?: number
  readonly max?: number
  readonly choices?: readonly string[]
  /** Takes several values; the verb gets a list. */
  readonly isRepeated?: boolean
  /** One letter for `-x`. */
  readonly short?: string
}

/** `T` is the type of the value that the verb gets; durations are milliseconds. */
export interface Parameter<T> extends AnyParameter {
  readonly fallback?: T
  /** Never there: it makes two parameters of different types different. */
  readonly is?: (value: T) => T
}

/** The parameters of a verb whose input is `I`, in the order of their positions. */
export type Parameters<I> = { readonly [K in keyof I]-?: Parameter<I[K]> }

/** Bounds and fallback of a number. */
export interface NumberBounds {
  readonly min: number
  readonly max: number
}

export function path(summary: string): Parameter<string> {
  return { kind: 'path', summary, place: 'position', isRequired: true }
}

/** The name of a node of the cluster. */
export function nodeName(summary: string): Parameter<string> {
  return { kind: 'node', summary, place: 'position', isRequired: true }
}

/** `--node NAME|all` of a verb that can be asked of other nodes. */
export function acrossNodes(unasked: 'this one' | 'all'): Parameter<string | undefined> {
  return option(nodeName(`of which node of the cluster, by its name, or "all"; default ${unasked}`))
}

export function definition(summary: string): Parameter<string> {
  return { kind: 'definition', summary, place: 'position', isRequired: true }
}

/** A message of the actor that the parameter `path` names. */
export function message(summary: string): Parameter<string> {
  return { kind: 'message', summary, place: 'position', isRequired: true }
}

/** A JSON5 literal, which takes the rest of the positions; undefined if there is none. */
export function payload(summary: string): Parameter<unknown> {
  return { kind: 'payload', summary, place: 'rest', isRequired: false }
}

/** JSON5 literals, one for each position that is left. */
export function payloads(summary: string): Parameter<readonly unknown[]> {
  return { kind: 'payload', summary, place: 'rest', isRequired: false, isRepeated: true, fallback: [] }
}

export function file(summary: string): Parameter<string> {
  return { kind: 'file', summary, place: 'position', isRequired: true }
}

export function text(summary: string): Parameter<string> {
  return { kind: 'text', summary, place: 'position', isRequired: true }
}

/** A whole number. */
export function count(summary: string, bounds: NumberBounds): Parameter<number> {
  return { kind: 'count', summary, place: 'position', isRequired: true, ...bounds }
}

/** A time with its unit, such as `5s` or `200ms`; the value is in milliseconds, and so are the bounds. */
export function duration(summary: string, bounds: NumberBounds): Parameter<number> {
  return { kind: 'duration', summary, place: 'position', isRequired: true, ...bounds }
}

export function choice<T extends string>(summary: string, choices: readonly T[]): Parameter<T> {
  return { kind: 'choice', summary, place: 'position', isRequired: true, choices }
}

/** An option that is there or not. */
export function flag(summary: string): Parameter<boolean> {
  return { kind: 'flag', summary, place: 'option', isRequired: false, fallback: false }
}

/** The same parameter, which may be left out. */
export function optional<T>(parameter: Parameter<T>): Parameter<T | undefined> {
  const { kind, summary, place, min, max, choices, short } = parameter
  return {
    kind,
    summary,
    place,
    isRequired: false,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(choices === undefined ? {} : { choices }),
    ...(short === undefined ? {} : { short }),
  }
}

/** The same parameter as `--name VALUE`, by default left out. */
export function option<T>(parameter: Parameter<T>): Parameter<T | undefined> {
  return { ...optional(parameter), place: 'option' }
}

/** The same parameter as `--name VALUE` with a value for those who leave it out. */
export function optionOr<T>(parameter: Parameter<T>, fallback: T): Parameter<T> {
  return { ...parameter, place: 'option', isRequired: false, fallback }
}

/** The same option, which may be given again and again. */
export function repeated<T>(parameter: Parameter<T>): Parameter<readonly NonNullable<T>[]> {
  const { kind, summary, short } = parameter
  return {
    kind,
    summary,
    place: 'option',
    isRequired: false,
    isRepeated: true,
    fallback: [],
    ...(short === undefined ? {} : { short }),
  }
}
