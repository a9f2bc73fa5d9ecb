// A running council: brings the pure core to life with a clock, a store and the way to the others.
import { commandTooLarge, ended, stopped } from './council-faults.ts'
import { decodeMessage, encodeMessage } from './message-codec.ts'
import { commandBytesMax } from './entry.ts'
import { Proposer } from './proposer.ts'
import { Reader } from './reader.ts'
import { encodeChange } from './voter-change.ts'
import type { Alarm } from '../../../runtime/clock.ts'
import type {
  Council,
  CouncilCounts,
  CouncilOptions,
  CouncilRole,
  CouncilWatcher,
  Decided,
  ProposeOptions,
  VoterChange,
} from './council.ts'
import type { CouncilStore } from './council-store.ts'
import type { Message } from './message.ts'
import type { Output, Write } from './outbox.ts'
import type { Raft } from './raft.ts'
import type { Replica } from './replica.ts'

/** Milliseconds: two elections and some. */
export const proposeTimeoutMsDefault = 5_000
/** Log bytes behind the last snapshot that make a new one, unless told otherwise. */
export const compactBytesDefault = 4_194_304
/** Entries that are applied in one turn of the event loop. */
export const appliedAtOnceMax = 4_096

/** Counters of one life of a member begin behind all that an earlier one may have used. */
const countersPerLife = 2 ** 32

export interface CouncilParts {
  readonly options: CouncilOptions
  readonly raft: Raft
  readonly replica: Replica
  readonly store: CouncilStore | undefined
  /** Which life of this member it is, from 1. */
  readonly life: number
}

export class RunningCouncil implements Council {
  readonly #options: CouncilOptions
  readonly #raft: Raft
  readonly #replica: Replica
  readonly #store: CouncilStore | undefined
  readonly #proposer: Proposer
  readonly #reader: Reader
  readonly #watchers = new Set<CouncilWatcher>()
  readonly #counts = {
    messagesIn: 0,
    messagesOut: 0,
    messagesBad: 0,
    applied: 0,
    duplicates: 0,
    compactions: 0,
  }
  #writes: Write[] = []
  #sequence = 0
  #writing: Promise<void> | undefined
  #isAwake = false
  #alarm: Alarm | undefined
  #alarmAt = Infinity
  #told = ''
  #toldApplied = 0
  #isStopped = false
  #cause: Error | undefined

  constructor({ options, raft, replica, store, life }: CouncilParts) {
    this.#options = options
    this.#raft = raft
    this.#replica = replica
    this.#store = store
    this.#proposer = new Proposer(options.self, life * countersPerLife + 1)
    this.#reader = new Reader(life * countersPerLife)
    this.#toldApplied = replica.applied
  }

  get self(): number {
    return this.#options.self
  }
  get role(): CouncilRole {
    return this.#isStopped ? 'stopped' : this.#raft.role
  }
  get leader(): number | undefined {
    return this.#isStopped ? undefined : this.#raft.leader
  }
  get term(): number {
    return this.#raft.term
  }
  get voters(): readonly number[] {
    return this.#raft.voters
  }
  get committed(): number {
    return this.#raft.commit
  }
  get applied(): number {
    return this.#replica.applied
  }
  get contactMs(): number {
    return this.#raft.contactAt(this.#now())
  }
  get soleSinceMs(): number {
    return this.#raft.soleSince
  }
  get counts(): CouncilCounts {
    return { ...this.#counts, ...this.#raft.counts, syncs: this.#store?.syncs ?? 0 }
  }

  propose(command: Uint8Array, options?: ProposeOptions): Promise<Decided> {
    const { length } = command
    if (length < 1 || length > commandBytesMax)
      return Promise.reject(commandTooLarge(length, commandBytesMax))
    return this.#propose('command', command.slice(), options)
  }

  async changeVoters(change: VoterChange, options?: ProposeOptions): Promise<void> {
    await this.#propose('voters', encodeChange(change), options)
  }

  #propose(kind: 'command' | 'voters', data: Uint8Array, options?: ProposeOptions): Promise<Decided> {
    if (this.#isStopped) return Promise.reject(stopped('Cannot decide on a command', this.#cause))
    this.wake()
    return this.#proposer.add(kind, data, this.#now(), options?.timeoutMs ?? proposeTimeoutMsDefault)
  }

  read(options?: ProposeOptions): Promise<number> {
    if (this.#isStopped) return Promise.reject(stopped('Cannot read', this.#cause))
    this.wake()
    return this.#reader.add(this.#now(), options?.timeoutMs ?? proposeTimeoutMsDefault)
  }

  transfer(to: number): void {
    this.#do(() => this.#raft.transfer(to, this.#now()))
    this.wake()
  }

  receive(from: number, bytes: Uint8Array): void {
    if (this.#isStopped) return
    // What is read stays parts of the bytes, and these are good until the call returns.
    const message = from === this.self ? undefined : decodeMessage(bytes.slice())
    if (message === undefined || this.#raft.refuses(from, message, this.#now())) {
      this.#counts.messagesBad++
      return
    }
    this.#counts.messagesIn++
    this.#do(() => this.#take(from, this.#admitted(from, message)))
    this.wake()
  }

  /** Without the proposals that are none of their proposer's business. */
  #admitted(from: number, message: Message): Message {
    const { admits } = this.#options
    if (message.type !== 'propose' || admits === undefined) return message
    const proposals = message.proposals.filter(
      ({ kind, data }) => kind !== 'start' && admits(from, kind, data),
    )
    this.#counts.messagesBad += message.proposals.length - proposals.length
    return { type: 'propose', proposals }
  }

  #take(from: number, message: Message): void {
    if (message.type !== 'refused' && message.type !== 'index-is')
      return this.#raft.receive(from, message, this.#now())
    // Only the leader was asked; an earlier one's answer comes too late, and the question is asked again.
    if (from !== this.#raft.leader) return
    if (message.type === 'refused') this.#proposer.refused(message.counter, message.why, this.applied)
    else this.#reader.indexIs(message.id, message.index, this.applied)
  }

  watch(watcher: CouncilWatcher): () => void {
    this.#watchers.add(watcher)
    return () => void this.#watchers.delete(watcher)
  }

  async stop(): Promise<void> {
    if (!this.#isStopped) {
      const { heir } = this.#raft
      if (heir !== undefined) this.transfer(heir)
      this.#do(() => this.#turn())
      this.#end(undefined)
    }
    await this.#writing
    await this.#store?.close()
  }

  /** Everything that comes within one turn of the event loop is answered together: one message for each other, one sync. */
  wake(): void {
    if (this.#isAwake || this.#isStopped) return
    this.#isAwake = true
    this.#options.clock.later(() => {
      this.#isAwake = false
      this.#do(() => this.#turn())
    })
  }

  /** Rule 38: what must hold and does not ends this node's part, and nothing else. */
  #do(run: () => void): void {
    if (this.#isStopped) return
    try {
      run()
    } catch (error) {
      this.#end(error)
    }
  }

  #turn(): void {
    if (this.#isStopped) return
    const now = this.#now()
    if (now >= this.#raft.deadline()) this.#raft.tick(now)
    this.#ask(now)
    let output = this.#raft.take(now)
    this.#perform(output)
    // Without a store there is nothing to wait for, and what it frees is sent at once.
    while (this.#store === undefined && output.sequence > this.#sequence) {
      this.#sequence = output.sequence
      this.#raft.persisted(output.sequence, now)
      output = this.#raft.take(now)
      this.#perform(output)
    }
    this.#apply()
    this.#proposer.expire(now, this.#raft.leader)
    this.#reader.expire(now, this.#raft.leader)
    this.#setAlarm()
    this.#tell()
  }

  /** Sends what waits here to whoever leads. */
  #ask(now: number): void {
    const { leader } = this.#raft
    if (leader === undefined) return
    const proposals = this.#proposer.due(this.#leadership(), now)
    const read = this.#reader.due(this.#leadership(), now)
    if (leader === this.self) {
      this.#raft.propose(proposals)
      if (read !== undefined) this.#raft.read(read, now)
      return
    }
    if (proposals.length > 0) this.#send(leader, { type: 'propose', proposals })
    if (read !== undefined) this.#send(leader, { type: 'ask-index', id: read })
  }

  #leadership(): number {
    return this.#raft.leader === undefined ? 0 : this.#raft.term
  }

  #perform(output: Output): void {
    for (const { to, message } of output.messages) {
      if (to === this.self) this.#take(to, message)
      else this.#send(to, message)
    }
    if (output.install !== undefined) this.#install(output.install)
    if (output.writes.length === 0 || this.#store === undefined) return
    this.#writes.push(...output.writes)
    this.#sequence = output.sequence
    this.#writing ??= this.#write(this.#store)
  }

  #send(to: number, message: Message): void {
    this.#counts.messagesOut++
    this.#options.send(to, encodeMessage(message))
  }

  #install(snapshot: Parameters<Replica['restore']>[0]): void {
    this.#replica.restore(snapshot)
    this.#proposer.skipped(snapshot.index, (counter) => this.#replica.hasTaken(this.self, counter))
  }

  async #write(store: CouncilStore): Promise<void> {
    while (this.#writes.length > 0 && !this.#isStopped) {
      const writes = this.#writes
      const sequence = this.#sequence
      this.#writes = []
      try {
        await store.write(writes)
      } catch (error) {
        this.#writing = undefined
        return this.#end(error)
      }
      this.#do(() => {
        this.#raft.persisted(sequence, this.#now())
        this.#turn()
      })
    }
    this.#writing = undefined
  }

  #apply(): void {
    const { log, commit } = this.#raft.state
    const last = Math.min(commit, this.#replica.applied + appliedAtOnceMax)
    while (this.#replica.applied < last) {
      const entry = log.entry(this.#replica.applied + 1)
      if (entry === undefined) throw new Error('An entry that is decided is not in the log')
      const outcome = this.#replica.apply(entry)
      this.#counts.applied++
      if (outcome.isDuplicate) this.#counts.duplicates++
      if (entry.member === this.self) this.#proposer.applied(entry.counter, outcome)
    }
    this.#reader.applied(this.#replica.applied)
    this.#compact()
    if (commit > last) this.wake()
  }

  #compact(): void {
    const { log } = this.#raft.state
    const index = this.#replica.applied
    const old = log.snapshot
    const enough = Math.max(this.#options.compactBytes ?? compactBytesDefault, old?.state.length ?? 0)
    if (index <= (old?.index ?? 0) || log.bytesBehind(old?.index ?? 0) < enough) return
    const term = log.term(index)
    if (term === undefined) return
    this.#raft.compact({ index, term, voters: log.votersAt(index), state: this.#replica.snapshot() })
    this.#counts.compactions++
    this.wake()
  }

  #setAlarm(): void {
    const leadership = this.#leadership()
    const at = Math.min(
      this.#raft.deadline(),
      this.#proposer.deadline(leadership),
      this.#reader.deadline(leadership),
    )
    if (at >= this.#alarmAt && this.#alarm !== undefined) return
    this.#alarm?.cancel()
    this.#alarmAt = at
    this.#alarm = at === Infinity ? undefined : this.#options.clock.alarm(at, () => this.#ring())
  }

  #ring(): void {
    this.#alarm = undefined
    this.#alarmAt = Infinity
    this.#do(() => this.#turn())
  }

  #tell(): void {
    const { applied } = this.#replica
    if (applied > this.#toldApplied) {
      this.#toldApplied = applied
      for (const watcher of this.#watchers) watcher.applied?.(applied)
    }
    const told = `${this.role} ${this.leader} ${this.term} ${this.voters.join()}`
    if (told === this.#told) return
    this.#told = told
    for (const watcher of this.#watchers) watcher.changed?.()
  }

  #now(): number {
    return this.#options.clock.now()
  }

  #end(error: unknown): void {
    if (this.#isStopped) return
    this.#isStopped = true
    this.#cause = error === undefined ? undefined : ended(error)
    this.#alarm?.cancel()
    this.#alarm = undefined
    this.#proposer.stop(this.#cause)
    this.#reader.stop(this.#cause)
    for (const watcher of this.#watchers) watcher.stopped?.(this.#cause)
  }
}
