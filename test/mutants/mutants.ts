// The mutants: bugs that people write, each as one change to one place of the product's code.
import { durableMutants } from './durable-mutants.ts'
import type { Mutant } from './mutant.ts'

/** What runs in several threads, and takes longer. */
export const threadTests: readonly string[] = [
  'test/node/threads/lost-in-a-move.test.ts',

  'test/node/threads/promises.test.ts',
  'test/properties/threads',
  'test/transports/link',
]

const mailbox: readonly Mutant[] = [
  {
    name: 'the ring forgets its order at its end',
    file: 'runtime/mailbox.ts',
    find: 'this.#head = (this.#head - 1) & (this.#ring.length - 1)',
    plant: 'this.#head = 0',
  },
  {
    name: 'the mailbox takes one message too many',
    file: 'runtime/router.ts',
    find: 'cell.mailbox.count >= cell.definition.messagesMax &&',
    plant: 'cell.mailbox.count > cell.definition.messagesMax &&',
  },
  {
    name: 'drop-oldest drops without a dead letter',
    file: 'runtime/router.ts',
    find: "if (oldest !== undefined) drop(cell, oldest, 'message-dropped')",
    plant: '',
  },
  {
    name: 'a refused message is not counted',
    file: 'runtime/router.ts',
    find: 'refused.set(reason, (refused.get(reason) ?? 0) + 1)',
    plant: '',
  },
  {
    name: 'a stopped actor takes mail',
    file: 'runtime/router.ts',
    find: 'if ((cell.flags & (closed | ended)) === 0) {',
    plant: 'if ((cell.flags & ended) === 0) {',
  },
  {
    name: 'a busy actor handles the next message',
    file: 'runtime/cell-flags.ts',
    find: 'export const blocked: number = busy | suspended',
    plant: 'export const blocked: number = suspended',
  },
  {
    name: 'unstash turns the order round',
    file: 'runtime/stash.ts',
    find: 'for (let i = stash.length - 1; i >= 0; i--) {',
    plant: 'for (let i = 0; i < stash.length; i++) {',
  },
  {
    name: 'the stash has no bound',
    file: 'runtime/stash.ts',
    find: 'if (held >= stashMax) {',
    plant: 'if (held >= Infinity) {',
  },
]

const asks: readonly Mutant[] = [
  {
    name: 'an ask ends twice',
    file: 'runtime/ask.ts',
    find: 'this.#counters.late++\n      return false',
    plant: 'return true',
  },
  {
    name: 'an expired ask is handled all the same',
    file: 'runtime/turn.ts',
    find: 'if (origin !== undefined && !origin.wanted) {',
    plant: 'if (origin === undefined && host.isStrict === undefined) {',
  },
  {
    name: 'the deadline of an ask is twice as long',
    file: 'runtime/ask.ts',
    find: 'nowMs + timeoutMs)',
    plant: 'nowMs + timeoutMs * 2)',
  },
  {
    name: 'an ask cycle is not seen after an await',
    file: 'runtime/ask-chain.ts',
    find: '|| ((cell.flags & busy) !== 0 && cell.current === step)',
    plant: '',
  },
  {
    name: 'mail that dies leaves its asker waiting',
    file: 'runtime/router.ts',
    find: 'envelope.origin?.refuse(fault ?? deathFault(envelope, reason))',
    plant: '',
  },
  {
    name: 'an unknown outcome is called known',
    file: 'runtime/ask.ts',
    find: "outcome: 'unknown',",
    plant: '',
  },
]

const timers: readonly Mutant[] = [
  {
    name: 'a cancelled timer is handled if it waits in the mailbox',
    file: 'runtime/tick.ts',
    find: 'this.wanted = false',
    plant: '',
  },
  {
    name: 'a beat is sent while the last one is unhandled',
    file: 'runtime/tick.ts',
    find: 'if (this.#isUnhandled) {',
    plant: 'if (this.#isUnhandled && this.#periodMs === undefined) {',
  },
  {
    name: 'a replaced timer still rings',
    file: 'runtime/tick.ts',
    find: 'timers.get(message.key)?.cancel()',
    plant: '',
  },
  {
    name: 'timers of the last life ring in the next',
    file: 'runtime/halt.ts',
    find: 'cancelAllTicks(cell)',
    plant: '',
  },
  {
    name: 'the heap loses its order on removal',
    file: 'runtime/timer-queue.ts',
    find: 'if (index > 0 && this.#isBefore(entry, dueMs, parent)) this.#rise(entry, dueMs, index)',
    plant: 'if (index < 0) this.#rise(entry, dueMs, index)',
  },
]

const lives: readonly Mutant[] = [
  {
    name: 'the state survives a restart',
    file: 'runtime/halt.ts',
    find: 'cell.state = undefined',
    plant: '',
  },
  { name: 'self lives on after its life', file: 'runtime/halt.ts', find: 'cell.self?.expire()', plant: '' },
  {
    name: 'a late handler is taken into the next life',
    file: 'runtime/turn.ts',
    find: 'if (cell.life !== life) return\n      if ((cell.flags & committing)',
    plant: 'if ((cell.flags & committing)',
  },
  {
    name: 'the first child is ended first',
    file: 'runtime/halt.ts',
    find: 'for (let child = this.#cell.lastChild; child !== undefined; child = this.#cell.lastChild) {',
    plant: 'for (let child = this.#cell.firstChild; child !== undefined; child = this.#cell.firstChild) {',
  },
  {
    name: 'a stop does not wait for the mail',
    file: 'runtime/ending.ts',
    find: 'return !isRunning && cell.mailbox.isEmpty && cell.signals === undefined',
    plant: 'return !isRunning',
  },
  {
    name: 'a kind stop has no deadline',
    file: 'runtime/ending.ts',
    find: 'const deadline = new Deadline(() => killForGood(cell))',
    plant: 'const deadline = new Deadline(() => undefined)',
  },
  {
    name: 'a watcher hears twice',
    file: 'runtime/watches.ts',
    find: 'for (const hear of watchers.values()) hear(exit)',
    plant: 'for (const hear of watchers.values()) { hear(exit); hear(exit) }',
  },
  {
    name: 'unwatch leaves the signal in the lane',
    file: 'runtime/watches.ts',
    find: "watcher.signals?.remove((signal) => signal.type === 'down' && signal.watched === target)",
    plant: '',
  },
  {
    name: 'the name of an ended actor stays taken',
    file: 'runtime/ending.ts',
    find: 'if (cell.hasName) host.registry.delete(cell.path)',
    plant: '',
  },
  {
    name: 'mail dies with the actor that is started again',
    file: 'runtime/halt.ts',
    find: 'unstashAll(cell)',
    plant: 'unstashAll(cell); while (cell.mailbox.shift() !== undefined) cell.handled++',
  },
  {
    name: 'a failed message is handled again',
    file: 'runtime/turn.ts',
    find: 'if (triesMax === 1 ||',
    plant: 'if (triesMax === 0 ||',
  },
]

const supervision: readonly Mutant[] = [
  {
    name: 'the budget allows one restart too many',
    file: 'supervisors/restart-window.ts',
    find: 'return this.#count > this.#limits.intensity',
    plant: 'return this.#count > this.#limits.intensity + 1',
  },
  {
    name: 'the restart window never slides',
    file: 'supervisors/restart-window.ts',
    find: 'nowMs > this.#at(0) + this.#limits.periodMs',
    plant: 'nowMs > Infinity',
  },
  {
    name: 'rest-for-one takes those before along',
    file: 'supervisors/strategy.ts',
    find: 'return affectedFrom(failed, siblings, failed)',
    plant: 'return affectedFrom(0, siblings, failed)',
  },
  {
    name: 'a transient actor that stopped is started again',
    file: 'supervisors/restart-type.ts',
    find: "return exit.cause === 'failed' || exit.cause === 'killed'",
    plant: 'return true',
  },
  {
    name: 'backoff forgets to grow',
    file: 'supervisors/supervisor.ts',
    find: 'nextAttempt(policy, record.attempt, upMs)',
    plant: '1',
  },
  {
    name: 'an exhausted budget is not passed up',
    file: 'supervisors/supervisor.ts',
    find: 'this.#escalate(cell, exit, fault)',
    plant: 'this.end(cell, exit)',
  },
  {
    name: 'a Fault restarts its actor',
    file: 'supervisors/directive.ts',
    find: "return Fault.is(error) ? 'resume' : 'restart'",
    plant: "return 'restart'",
  },
  {
    name: 'a significant child ends unnoticed',
    file: 'supervisors/supervisor.ts',
    find: 'left === undefined ? 0 : 1)) requestStop(parent)',
    plant: 'left === undefined ? 0 : 1)) return',
  },
]

const others: readonly Mutant[] = [
  {
    name: 'the scheduler never yields to the event loop',
    file: 'runtime/scheduler.ts',
    find: 'this.#mustYield = this.#checkedMs - this.#pumpStartMs >= pumpMsMax',
    plant: 'this.#mustYield = false',
  },
  {
    name: 'a turn has no end',
    file: 'runtime/scheduler.ts',
    find: 'const budget = this.#untilCheck < turnMessagesMax ? this.#untilCheck : turnMessagesMax',
    plant: 'const budget = 1_000_000',
  },
  {
    name: 'strict mode looks at the top level only',
    file: 'runtime/payload.ts',
    find: 'levels.push(levelOf(value, kind))',
    plant: '',
  },
  {
    name: 'a name may hold anything',
    file: 'runtime/path.ts',
    find: "if (typeof path !== 'string' || path.length > pathBytesMax || !segments.test(path)) refuse(path, Infinity)",
    plant: '',
  },
  {
    name: 'the books forget the dead of ended actors',
    file: 'runtime/ending.ts',
    find: 'totals.deadInCells += count',
    plant: 'void count',
  },
]

const threads: readonly Mutant[] = [
  {
    name: 'a new home is used before the old way is empty',
    file: 'transports/link/roads.ts',
    find: 'if (road.isOpen && road.link !== undefined) this.flushes.begin(road, road.link)',
    plant: 'if (road.isOpen && road.link !== undefined) this.#openTo(road)',
  },
  {
    name: 'one move changes a home twice',
    file: 'node/threads/homes.ts',
    find: 'if (this.#entries.get(entry.top) !== entry || entry.epoch !== from) return false',
    plant: 'if (this.#entries.get(entry.top) !== entry || from < 0) return false',
  },
  {
    name: 'an abort does not look whether it was too late',
    file: 'node/threads/decisions.ts',
    find: "return Atomics.load(this.words, slot) === wordOf(number, committed) ? 'committed' : 'aborted'",
    plant: "return 'aborted'",
  },
  {
    name: 'a move is decided without comparing',
    file: 'node/threads/decisions.ts',
    find: 'return Atomics.compareExchange(this.words, slot, before, wordOf(number, committed)) === before',
    plant: 'Atomics.store(this.words, slot, wordOf(number, committed)); return before > 0',
  },
  {
    name: 'the tail of a move is dropped',
    file: 'transports/link/roads.ts',
    find: 'road.home = home\n    this.#openTo(road)\n  }',
    plant: 'road.home = home\n    this.#roads.release(road)\n    this.#openTo(road)\n  }',
  },
  {
    name: 'a reply goes to the main thread',
    file: 'transports/link/arrivals.ts',
    find: 'link?.reply(id, reply)',
    plant: 'this.#roads.links.get(0)?.reply(id, reply)',
  },
  {
    name: 'who is watched is not observed where it went',
    file: 'runtime/furnish.ts',
    find: 'if (data.isWatched) context.watched(cell)',
    plant: '',
  },
  {
    name: 'who comes back is sent to before all has come back',
    file: 'node/threads/resident.ts',
    find: 'if (roads.cameHere(home)) for (const cell of subtree(root)) cell.flags |= settling',
    plant: 'roads.cameHere(home)',
  },
  {
    name: 'what arrives overtakes what is on its way back',
    file: 'transports/link/arrivals.ts',
    find: 'return this.#roads.isHeld(to)',
    plant: 'return false',
  },
  {
    name: 'what was sent on forgets where it has been',
    file: 'transports/link/arrivals.ts',
    find: 'const via = [...(traveller.via ?? [link.thread]), this.#thread]',
    plant: 'const via = [link.thread]',
  },
  {
    name: 'an end in the new home is not believed before the move is known',
    file: 'node/threads/head-office.ts',
    find: 'if (thread === entry.move?.target && epoch === entry.epoch + 1)',
    plant: 'if (thread === -1)',
  },
  {
    name: 'timers stay where the actor was',
    file: 'runtime/capture.ts',
    find: 'timers: ticksOf(cell).map((tick) => tick.capture(around.nowMs))',
    plant: 'timers: []',
  },
  {
    name: 'the stash stays where the actor was',
    file: 'runtime/capture.ts',
    find: 'stash: stash.map(toData)',
    plant: 'stash: []',
  },
  {
    name: 'asks of a lost thread wait for their deadline',
    file: 'node/threads/station.ts',
    find: "waiting.refuse(threadLost(thread, 'have an answer'))",
    plant: 'void waiting',
  },
  {
    name: 'a marker that was in a lost thread is not sent again',
    file: 'transports/link/flushes.ts',
    find: 'else if (road.link?.isClosed === false) {',
    plant: 'else if (road.link?.isClosed === true) {',
  },
  {
    name: 'an answer that names a lost thread is waited for',
    file: 'transports/link/roads.ts',
    find: 'if (this.links.isLost(road.home.thread)) this.#askAgain(road)',
    plant: '',
  },
  {
    name: 'an actor is captured in the middle of its end',
    file: 'runtime/quiesce.ts',
    find: 'if (this.#restless === 0) this.#root.host.clock.soon(this.#lookSoon)',
    plant: 'this.#lookIfAtRest()',
  },
  {
    name: 'the timers of a move that was given up stand still',
    file: 'runtime/departure.ts',
    find: 'for (const { entry, dueMs } of this.#held) timers.add(entry, dueMs)',
    plant: '',
  },
  {
    name: 'who waits for the way is overtaken by who finds it',
    file: 'transports/link/roads.ts',
    find: 'for (const traveller of travellers) this.route(traveller)',
    plant: 'for (const traveller of travellers) this.#ask(path, traveller)',
  },
  {
    name: 'a spawn that was lost with its thread is started again',
    file: 'node/threads/fleet.ts',
    find: 'filter(({ hasStarted, move }) => hasStarted || move !== undefined)',
    plant: "filter(({ state }) => state !== 'starting')",
  },
].map((mutant) => ({ ...mutant, tests: threadTests }))

/** All of them. A mutant whose place is gone fails the run: it has to be moved with the code. */
export const mutants: readonly Mutant[] = [
  mailbox,
  asks,
  timers,
  lives,
  supervision,
  others,
  threads,
  durableMutants,
].flat()
