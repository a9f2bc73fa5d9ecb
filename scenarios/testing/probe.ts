// A probe: an actor whose mail a test takes by hand, and what it expects to find there.
import { suspended } from '../../runtime/cell-flags.ts'
import { defineActor } from '../../runtime/definition.ts'
import { Fault } from '../../runtime/fault.ts'
import { admitOffers } from '../../runtime/offer.ts'
import { drop } from '../../runtime/router.ts'
import { spawnNow } from '../../runtime/spawn.ts'
import { timeoutMsDefault } from '../../runtime/ask.ts'
import { describeMessage } from './message-text.ts'
import { isSamePayload } from './payload-equality.ts'
import { TakenMessage } from './taken-message.ts'
import type { AnyProtocol, Protocol, Ref } from '../../runtime/actor.ts'
import type { Cell } from '../../runtime/cell.ts'
import type { Exit, ExitCause } from '../../runtime/exit.ts'
import type { ManualClock } from './manual-clock.ts'
import type { ProbeMessage } from './taken-message.ts'

/** Messages that may wait at a probe; more are refused as by any full mailbox. */
export const probeMessagesMax = 10_000
/** Messages and ends shown of what was there instead. */
const seenMax = 10

export interface ExpectOptions {
  /** How far the node's clock may be moved, in milliseconds from 0 up. */
  readonly withinMs?: number
}

/**
 * Expectations move the node's clock alarm by alarm until what they wait for is there, so none of them sleeps. They look at messages in
 * the order of their arrival and take each of them out.
 */
export class Probe<P extends Protocol = AnyProtocol> {
  /** To be given to other actors. */
  readonly ref: Ref<P>
  readonly #clock: ManualClock
  readonly #cell: Cell
  readonly #downs: { readonly path: string; readonly exit: Exit }[] = []
  readonly #watched = new Set<string>()
  /** Asks that the test has in hand. */
  readonly #taken = new Set<TakenMessage>()

  /** Made by `node.probe()`. */
  constructor(clock: ManualClock, guardian: Cell, name: string | undefined) {
    const definition = defineActor('probe', {
      on: {},
      mailbox: { messagesMax: probeMessagesMax },
      child: { restart: 'temporary' },
      down: (_self, ref, exit) => void this.#downs.push({ path: ref.path, exit }),
    })
    const ref = spawnNow(guardian, { definition, options: name, args: [] })
    this.#clock = clock
    // Spawned just now, with no hook that could have ended it.
    this.#cell = ref.cell as Cell
    this.#cell.flags |= suspended
    // A probe takes any message: which ones are right is for the test to say.
    this.ref = ref as unknown as Ref<P>
  }

  /**
   * Waits for the next message, which must be the one expected.
   * @param name any message if left out
   * @param payload compared in depth, refs by their path; any payload if undefined
   * @param options `withinMs`, default 5,000
   * @returns the message, taken out
   * @throws {Fault} `message-missing` none came in time
   * @throws {Fault} `message-unexpected` the next one is another; says which
   */
  async expectMessage<K extends keyof P & string>(
    name?: K,
    payload?: Parameters<P[K]>[0],
    options?: ExpectOptions,
  ): Promise<ProbeMessage<K, Parameters<P[K]>[0], Awaited<ReturnType<P[K]>>>> {
    const withinMs = options?.withinMs ?? timeoutMsDefault
    const message = await this.#waitFor(withinMs, () => this.#take())
    const wanted = describeMessage(name, payload)
    if (message === undefined) {
      throw this.#fault(
        'message-missing',
        `Cannot find ${wanted} at "${this.ref.path}": none came within ${withinMs} ms`,
      )
    }
    const isWanted =
      (name === undefined || message.name === name) &&
      (payload === undefined || isSamePayload(message.payload, payload))
    // The name has been compared; the sender's ref and the handler table keep to the protocol's types.
    if (isWanted) return message as unknown as ProbeMessage<K, Parameters<P[K]>[0], Awaited<ReturnType<P[K]>>>
    throw this.#fault(
      'message-unexpected',
      `Cannot find ${wanted} at "${this.ref.path}": the next is ${describeMessage(message.name, message.payload, message.from)}`,
    )
  }

  /**
   * Expects that there is no message.
   * @param options `withinMs`, default 0: only what comes without any time passing
   * @throws {Fault} `message-unexpected` there is one; says which
   */
  async expectNoMessage(options?: ExpectOptions): Promise<void> {
    const message = await this.#waitFor(options?.withinMs ?? 0, () => this.#take())
    if (message === undefined) return
    throw this.#fault(
      'message-unexpected',
      `Cannot find "${this.ref.path}" without mail: there is ${describeMessage(message.name, message.payload, message.from)}`,
    )
  }

  /** Begins to watch an actor; `expectDown` hears its end, also if that was long ago. @throws {Fault} `ref-invalid` */
  watch(ref: Ref): void {
    this.#watched.add(ref.path)
    this.#cell.self?.watch(ref)
  }

  /**
   * Waits until an actor has ended; watches it from now on unless it is watched already.
   * @param cause how it is to have ended; anyhow if left out
   * @param options `withinMs`, default 5,000
   * @returns its exit, with the fault if it failed
   * @throws {Fault} `down-missing` it did not end in time
   * @throws {Fault} `down-unexpected` it ended in another way; says how
   */
  async expectDown(ref: Ref, cause?: ExitCause, options?: ExpectOptions): Promise<Exit> {
    const { path } = ref
    const withinMs = options?.withinMs ?? timeoutMsDefault
    if (!this.#watched.has(path)) this.watch(ref)
    const exit = await this.#waitFor(withinMs, () => this.#takeDown(path))
    const attempt = `Cannot find "${path}" ${cause === undefined ? 'ended' : `ended by "${cause}"`}`
    if (exit === undefined) throw this.#fault('down-missing', `${attempt}: it lived on for ${withinMs} ms`)
    if (cause === undefined || exit.cause === cause) return exit
    const fault = exit.fault === undefined ? '' : `, ${exit.fault.code}: ${exit.fault.message}`
    throw this.#fault('down-unexpected', `${attempt}: it ended by "${exit.cause}"${fault}`)
  }

  /** Refuses the asks that the test has taken and not answered; called when the node stops. */
  release(): void {
    for (const message of this.#taken) message.abandon()
    this.#taken.clear()
  }

  /** Moves the clock no further than to the alarm that brings it. */
  async #waitFor<T>(withinMs: number, take: () => T | undefined): Promise<T | undefined> {
    const clock = this.#clock
    const lastMs = clock.now() + withinMs
    await clock.settle()
    for (;;) {
      const found = take()
      if (found !== undefined) return found
      const nextMs = clock.nextAlarmMs
      if (nextMs > lastMs) break
      // Each alarm may bring it: the next is not to be waited for before it was looked.
      await clock.advance(Math.max(0, nextMs - clock.now()))
    }
    await clock.advance(Math.max(0, lastMs - clock.now()))
    return undefined
  }

  /** A message taken is a message handled, for the books; an ask that nobody waits for any more is a dead letter as everywhere. */
  #take(): TakenMessage | undefined {
    const cell = this.#cell
    for (let envelope = cell.mailbox.shift(); envelope !== undefined; envelope = cell.mailbox.shift()) {
      if (envelope.origin?.wanted === false) {
        drop(cell, envelope, 'message-unwanted')
        continue
      }
      cell.handled++
      admitOffers(cell)
      const message = new TakenMessage(cell.host, envelope, (answered) => this.#taken.delete(answered))
      if (message.isAsk) this.#taken.add(message)
      return message
    }
    return undefined
  }

  #takeDown(path: string): Exit | undefined {
    const index = this.#downs.findIndex((down) => down.path === path)
    if (index < 0) return undefined
    this.#watched.delete(path)
    return this.#downs.splice(index, 1)[0]?.exit
  }

  #fault(code: string, message: string): Fault {
    const waiting = this.#cell.mailbox.peek(seenMax)
    const dead = this.#cell.host.deadLetters.list().slice(-seenMax)
    return new Fault(code, message, {
      hint: 'Compare it with what was there instead, in the details of this fault.',
      details: {
        waiting: waiting.map((envelope) => describeMessage(envelope.name, envelope.payload)),
        downs: this.#downs.slice(0, seenMax).map(({ path, exit }) => `${path}: ${exit.cause}`),
        deadLetters: dead.map(
          ({ reason, envelope }) => `${reason}: "${envelope.name}" to "${envelope.to.path}"`,
        ),
      },
    })
  }
}
