// A judge: checks what a simulated council does against what it promises, and gathers what is wrong.
import type { Raft } from '../../../../actors/cluster/council/raft.ts'
import type { RaftLog } from '../../../../actors/cluster/council/raft-log.ts'

export interface Done {
  readonly kind: 'write' | 'read'
  readonly began: number
  readonly ended: number
  /** Where it stands in the order: the index of a write, the last index that a read has seen. */
  readonly index: number
}

interface Copy {
  readonly member: number
  readonly raft: Raft
}

export class CouncilJudge {
  readonly wrongs: string[] = []
  /** What is decided at each index. */
  readonly #decided = new Map<number, { readonly command: string; readonly hash: number }>()
  /** The term of what is decided at each index, and the term in which it was seen to be. */
  readonly #decidedTerms = new Map<number, { readonly term: number; readonly seenIn: number }>()
  readonly #places = new Map<string, number>()
  readonly #leaders = new Map<number, number>()
  readonly done: Done[] = []
  lastDecided = 0

  wrong(what: string): void {
    if (this.wrongs.length < 5) this.wrongs.push(what)
  }

  /** State machine safety, and each command once. */
  applied(index: number, command: string, hash: number): void {
    const known = this.#decided.get(index)
    if (known === undefined) this.#decided.set(index, { command, hash })
    else if (known.command !== command || known.hash !== hash)
      this.wrong(`index ${index}: ${command} here, ${known.command} elsewhere`)
    const place = this.#places.get(command)
    if (place === undefined) this.#places.set(command, index)
    else if (place !== index) this.wrong(`${command} took effect at ${place} and at ${index}`)
    this.lastDecided = Math.max(this.lastDecided, index)
  }

  /** Election safety and leader completeness; called whenever somebody may have become leader. */
  look({ member, raft }: Copy): void {
    this.#decide(raft)
    if (raft.role !== 'leader' || this.#leaders.get(raft.term) === member) return
    const other = this.#leaders.get(raft.term)
    if (other !== undefined) this.wrong(`term ${raft.term} is led by ${other} and ${member}`)
    this.#leaders.set(raft.term, member)
    const { log } = raft.state
    for (const [index, { term, seenIn }] of this.#decidedTerms) {
      // A candidate may hear only now that it was elected long ago.
      if (seenIn < raft.term && index > log.base.index && log.term(index) !== term)
        this.wrong(`leader ${member} of term ${raft.term} has not what is decided at ${index}`)
    }
  }

  /** What a leader has been answered by a quorum, by its term, and what later ones say of how long others may have been; in the world's time. */
  readonly #answered = new Map<number, number>()
  readonly #sole = new Map<number, number>()

  /** Whoever leads says truly since when nobody else was answered. */
  reign(term: number, answeredAt: number, soleSince: number): void {
    this.#answered.set(term, Math.max(answeredAt, this.#answered.get(term) ?? -Infinity))
    this.#sole.set(term, soleSince)
    for (const [earlier, at] of this.#answered)
      for (const [later, since] of this.#sole)
        if (earlier < later && at > since + 1e-3)
          this.wrong(
            `the leader of term ${earlier} was answered at ${at}, that of ${later} is alone since ${since}`,
          )
  }

  #decide({ commit, term: seenIn, state: { log } }: Raft): void {
    for (let index = commit; index > log.base.index && !this.#decidedTerms.has(index); index--) {
      const term = log.term(index)
      if (term !== undefined) this.#decidedTerms.set(index, { term, seenIn })
    }
    const term = log.term(commit)
    if (term !== undefined && commit > 0 && (this.#decidedTerms.get(commit)?.term ?? term) !== term)
      this.wrong(`index ${commit} is decided twice`)
  }

  /** Log matching: two logs with the same term at an index are the same up to there. */
  match(a: RaftLog, b: RaftLog): void {
    let isSame = false
    for (let i = Math.min(a.lastIndex, b.lastIndex); i > Math.max(a.base.index, b.base.index); i--) {
      const [x, y] = [a.entry(i), b.entry(i)]
      if (x?.term === y?.term) {
        isSame = true
        if (Buffer.compare(x!.written, y!.written) !== 0) this.wrong(`two logs differ at ${i} in one term`)
      } else if (isSame) this.wrong(`two logs are the same behind ${i}, but not there`)
    }
  }

  /** Linearizability over an order that is known: whatever ended before something else began stands before it. */
  order(): void {
    const begins = this.done.toSorted((a, b) => a.began - b.began)
    const ends = this.done.toSorted((a, b) => a.ended - b.ended)
    let [next, write, read] = [0, 0, 0]
    for (const one of begins) {
      for (; next < ends.length && ends[next]!.ended < one.began; next++) {
        const { kind, index } = ends[next]!
        if (kind === 'write') write = Math.max(write, index)
        else read = Math.max(read, index)
      }
      const isGood =
        one.kind === 'write' ? one.index > Math.max(write, read) : one.index >= Math.max(write, read)
      if (!isGood)
        this.wrong(
          `a ${one.kind} from ${one.began} to ${one.ended} stands at ${one.index}, behind ${write} and ${read}`,
        )
    }
  }
}
