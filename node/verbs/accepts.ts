// Acceptance: a payload from outside against the schema that the definition declares for its message.
import { escapeText } from '../../runtime/escape.ts'
import { Fault } from '../../runtime/fault.ts'
import { nearest } from '../../runtime/nearest.ts'
import { unlessAborted } from './within.ts'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { ActorDefinition } from '../../runtime/definition.ts'

/** What goes to whom. */
export interface OutsideMessage {
  /** The actor's path, for the fault. */
  readonly actor: string
  readonly definition: ActorDefinition
  readonly message: string
  readonly payload: unknown
}

/** Issues of one payload that are told. */
const issuesMax = 20

/**
 * Checks a message that comes from outside of all actors.
 * @returns the payload as the schema gives it back, which may have completed or converted it
 * @throws {Fault} `message-unknown` the definition has no such message
 * @throws {Fault} `payload-refused` the schema lists issues, or threw
 * @throws {Fault} `command-cancelled` the signal was aborted before the schema had answered
 */
export async function accepted(outside: OutsideMessage, signal: AbortSignal): Promise<unknown> {
  const { definition, message, payload } = outside
  if (!definition.understands(message)) throw messageUnknown(outside)
  const accepts = definition.spec.accepts as
    | Readonly<Record<string, StandardSchemaV1 | undefined>>
    | undefined
  const schema = accepts !== undefined && Object.hasOwn(accepts, message) ? accepts[message] : undefined
  if (schema === undefined) return payload
  const result = await validate(outside, schema, signal)
  if (result.issues === undefined) return result.value
  throw refused(outside, result.issues)
}

async function validate(
  outside: OutsideMessage,
  schema: StandardSchemaV1,
  signal: AbortSignal,
): Promise<StandardSchemaV1.Result<unknown>> {
  try {
    return await unlessAborted(signal, Promise.resolve(schema['~standard'].validate(outside.payload)))
  } catch (error) {
    throw Fault.wrap(
      error,
      'payload-refused',
      `Cannot send "${outside.message}" to "${outside.actor}": its schema gave no answer`,
    )
  }
}

function refused(outside: OutsideMessage, issues: readonly StandardSchemaV1.Issue[]): Fault {
  const told = issues
    .slice(0, issuesMax)
    .map((issue) => ({ path: pathOf(issue), message: escapeText(issue.message, 300) }))
  const list = told.map(({ path, message }) => `${path}: ${message}`).join('; ')
  const more = issues.length > told.length ? `; and ${issues.length - told.length} more` : ''
  return new Fault(
    'payload-refused',
    `Cannot send "${outside.message}" to "${outside.actor}": its payload is not what the definition accepts: ${list}${more}`,
    {
      hint: `See what "${outside.message}" accepts in the definition "${outside.definition.name}".`,
      details: { issues: told },
    },
  )
}

function pathOf(issue: StandardSchemaV1.Issue): string {
  const keys = (issue.path ?? []).map((step) => (typeof step === 'object' ? step.key : step))
  return `$${keys.map((key) => (typeof key === 'number' ? `[${key}]` : `.${escapeText(String(key), 60)}`)).join('')}`
}

function messageUnknown({ actor, definition, message }: OutsideMessage): Fault {
  const messages = definition.messages()
  const near = nearest(message, messages)
  const all = messages.length === 0 ? 'It has none.' : `It has ${messages.slice(0, 50).join(', ')}.`
  const shown = escapeText(message, 60)
  return new Fault(
    'message-unknown',
    `Cannot send "${shown}" to "${actor}": "${definition.name}" has no such message`,
    {
      hint: near === undefined ? all : `Did you mean "${near}"? ${all}`,
    },
  )
}
