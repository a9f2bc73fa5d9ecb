// A family: members for tests of supervision, which fail, stop or hang as told and write into a diary when their lives begin and end.
import { defineActor, Fault, Node } from 'troupe'
import { ManualClock } from 'troupe/testing'
import { seededRandom } from '../../../runtime/random.ts'
import type { ActorSpec, Definition, Ref } from 'troupe'

/** What a test may want to be different about a member. */
export interface MemberOptions extends Pick<
  ActorSpec<[], MemberState, unknown, unknown>,
  'supervision' | 'child' | 'triesMax' | 'down'
> {
  /** Runs in `started`, once it is in the diary. */
  starts?(self: Parameters<NonNullable<ActorSpec<[], MemberState, unknown, unknown>['started']>>[0]): unknown
  /** Runs in `stopping`, once it is in the diary. */
  stops?(self: Parameters<NonNullable<ActorSpec<[], MemberState, unknown, unknown>['stopping']>>[0]): unknown
}

export interface MemberState {
  count: number
}

/** What a member can be told and asked. */
export interface MemberTable {
  /** Throws an error, which is a bug. */
  readonly fail: (self: unknown, text: string) => void
  /** Throws a Fault of that code. */
  readonly failAs: (self: unknown, code: string) => void
  readonly failLate: (self: unknown) => Promise<void>
  readonly hang: (self: unknown) => Promise<void>
  /** Ends when the gate of that name is open. */
  readonly wait: (self: unknown, gate: string) => Promise<string>
  /** Stops itself. */
  readonly end: (self: unknown) => void
  /** Kills itself. */
  readonly die: (self: unknown) => void
  readonly increment: (self: unknown) => number
  readonly value: (self: unknown) => number
}

export type Member = Definition<[], MemberState, MemberTable, Record<string, never>>

export class Family {
  /** `+path` a life has begun, `-path cause` a life ends. */
  readonly diary: string[] = []

  /** What was written since the last look, as one line. */
  news(): string {
    return this.diary.splice(0).join(' ')
  }

  member(options: MemberOptions = {}): Member {
    const { diary } = this
    const { starts, stops, ...spec } = options
    const definition = defineActor('member', {
      ...spec,
      state: (): MemberState => ({ count: 0 }),
      on: {
        fail(_self, text: string) {
          throw new RangeError(text)
        },
        failAs(_self, code: string) {
          throw new Fault(code, 'Cannot go on: told so', { hint: 'Tell it otherwise.' })
        },
        async failLate() {
          await Promise.resolve()
          throw new Error('late')
        },
        hang: () => new Promise<never>(() => undefined),
        async wait(_self, until: string) {
          await gate(until).promise
          return until
        },
        end: (self) => self.stop(),
        die: (self) => self.ref.kill(),
        increment: (self) => ++self.state.count,
        value: (self) => self.state.count,
      },
      started(self) {
        diary.push(`+${self.path}`)
        return starts?.(self) as void
      },
      stopping(self, exit) {
        diary.push(`-${self.path} ${exit.cause}`)
        return stops?.(self) as void
      },
    })
    return definition as unknown as Member
  }
}

/** A node for crowds: its clock puts up with much more work between two moves than that of a test node. */
export function startPatientNode(): { readonly node: Node; readonly clock: ManualClock } {
  const clock = new ManualClock({ stepsMax: 100_000_000 })
  return { node: new Node({}, { clock, random: seededRandom(1) }), clock }
}

const gates = new Map<string, PromiseWithResolvers<void>>()

/** A gate that whoever knows its name can wait at and open; names are for one test. */
export function gate(name: string): PromiseWithResolvers<void> {
  let made = gates.get(name)
  if (made === undefined) gates.set(name, (made = Promise.withResolvers<void>()))
  return made
}

/** The ref of who lives there; a test that names nobody is wrong. */
export function at(node: Node, path: string): Ref {
  const ref = node.find(path)
  if (ref === undefined) throw new Error(`nobody lives at ${path}`)
  return ref
}

/** The lifecycle events of a node from now on, as `kind path`. */
export function eventsOf(node: Node): { take(): string } {
  const lines: string[] = []
  node.runtime.host.events.follow(({ kind, subject }) => lines.push(`${kind} ${subject.path}`))
  return { take: () => lines.splice(0).join(', ') }
}

/** How each of these actors ends, as `cause` or `failed code`, once it has. */
export function endsOf(node: Node, ...paths: string[]): Record<string, string> {
  const ends: Record<string, string> = {}
  for (const path of paths) {
    at(node, path).watch(({ cause, fault }) => {
      ends[path] =
        ends[path] === undefined ? `${cause}${fault === undefined ? '' : ` ${fault.code}`}` : 'twice'
    })
  }
  return ends
}
