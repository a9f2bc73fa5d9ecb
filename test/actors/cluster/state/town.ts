// A town: a cluster's state with a few members, and commands in few words.
import { ClusterState } from '../../../../actors/cluster/state/cluster-state.ts'
import type { Answer, ClaimResult } from '../../../../actors/cluster/state/answer.ts'
import type { ClusterChange } from '../../../../actors/cluster/state/change.ts'
import type { Claim, Command, Join } from '../../../../actors/cluster/state/command.ts'

export class Town {
  readonly state: ClusterState = new ClusterState()
  /** Of the last command. */
  changes: readonly ClusterChange[] = []
  #ticket = 0

  /** Members 1, 2, … that are up. */
  constructor(...names: string[]) {
    for (const name of names) this.join(name)
    for (const { number } of this.state.members()) this.do({ type: 'up', number })
  }

  do(command: Command): Answer {
    const { answer, changes } = this.state.apply(command)
    this.changes = changes
    return answer
  }

  join(name: string, more?: Partial<Join>): Answer {
    return this.do(joinOf(name, more))
  }

  claim(member: number, top: string, more?: Partial<Claim>): ClaimResult {
    const answer = this.do({ type: 'claim', member, claims: [claimOf(top, ++this.#ticket, more)] })
    return answer.type === 'claims' ? answer.results[0]! : (answer as ClaimResult)
  }

  remove(number: number): Answer {
    return this.do({ type: 'remove', number, decision })
  }

  /** Where a root lives: the name of its member, `nobody`, or undefined if there is no such root. */
  at(top: string): string | undefined {
    const home = this.state.home(top)
    return home === undefined ? undefined : (this.state.member(home.member)?.name ?? 'nobody')
  }

  epochOf(top: string): number {
    return this.state.home(top)?.epoch ?? 0
  }

  /** What has happened to homes in the last command. */
  get moves(): string[] {
    return this.changes.flatMap((change) =>
      change.type === 'home-changed' ? [`${change.top} ${change.cause} ${change.from}>${change.to}`] : [],
    )
  }
}

export const decision = { why: 'it was silent', atMs: 5, by: 2, facts: [{ name: 'silence', value: 9_000 }] }

export function joinOf(name: string, more?: Partial<Join>): Join {
  return {
    type: 'join',
    peer: `peer-${name}`,
    uid: `uid-${name}`,
    name,
    kind: 'trusted',
    addresses: [`/memory/${name}`],
    labels: [],
    hosts: ['counter@1'],
    atMs: 1,
    ...more,
  }
}

export function claimOf(top: string, ticket: number, more?: Partial<Claim>): Claim {
  const spec = Uint8Array.of(1, 2)
  return { top, onLoss: 'rehome', definition: 'counter@1', spec, isSingleton: false, ticket, ...more }
}
