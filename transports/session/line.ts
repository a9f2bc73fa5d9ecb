// A line: keeps a session attached. It dials, dials again, and swaps one stream for a better one without a pause.
import { Fault } from '../../runtime/fault.ts'
import { redialMs, redialMsBounds } from './backoff.ts'
import type { Alarm, Clock } from '../../runtime/clock.ts'
import type { Random } from '../../runtime/random.ts'
import type { DialTarget, PeerStream, Purpose, Transport } from '../../runtime/transport.ts'
import type { RedialBounds } from './backoff.ts'
import type { Hello } from './hello.ts'
import type { Session } from './session.ts'
import type { SessionWatcher } from './session-options.ts'
import type { SessionStream } from './session-stream.ts'

/** For one try, whatever the transport's own limits are. */
export const lineDialMsMax = 10_000
/** How much later the node with the higher peer id dials: most often the other one is through by then. */
export const headStartMsDefault = 250

export interface LineOptions {
  readonly clock: Clock
  readonly random: Random
  readonly transport: Transport
  readonly session: Session
  readonly purpose: Purpose
  /** Where the other side may be reached now; without addresses, or undefined, this side does not dial. Asked for each try. */
  target(): DialTarget | undefined
  /** Default `headStartMsDefault`. */
  readonly headStartMs?: number
  /** Default `redialMsBounds`. */
  readonly redialMs?: RedialBounds
}

export interface RenewOptions {
  /** A relayed stream will not do. */
  readonly isDirectOnly?: boolean
}

/** A dial under way. */
interface Try {
  readonly controller: AbortController
  readonly alarm: Alarm
  readonly isRenewal: boolean
}

/** A line ends with its session. */
export class Line {
  readonly session: Session
  readonly #options: LineOptions
  #watcher: SessionWatcher = {}
  #try: Try | undefined = undefined
  #alarm: Alarm | undefined = undefined
  #failures = 0
  #isOver = false

  constructor(options: LineOptions) {
    this.#options = options
    this.session = options.session
    this.session.watch({
      attached: (stream) => this.#attached(stream),
      detached: (why) => {
        this.#watcher.detached?.(why)
        this.#dialAfter(this.#headStartMs)
      },
      missed: (why) => this.#failed(why),
      refused: (code, isFinal) => {
        this.#watcher.refused?.(code, isFinal)
        if (!isFinal) this.#again()
      },
      malformed: (reason, count) => this.#watcher.malformed?.(reason, count),
      distrusted: (count) => this.#watcher.distrusted?.(count),
      ended: (why) => {
        this.stop()
        this.#watcher.ended?.(why)
      },
    })
  }

  get isAttached(): boolean {
    return this.session.stream !== undefined
  }

  /** Tries in a row that came to nothing. */
  get failures(): number {
    return this.#failures
  }

  /** Begins to tell how the session fares. */
  watch(watcher: SessionWatcher): void {
    this.#watcher = watcher
  }

  /** Begins to dial. */
  start(): void {
    this.#dialAfter(this.#headStartMs)
  }

  /** Dials at once if it waits to: there are new addresses, or the other side was heard of. */
  hurry(): void {
    if (this.#alarm !== undefined) this.#dialAfter(0)
  }

  /** Goes on with a stream that the other side has opened. */
  accept(stream: SessionStream, hello: Hello): void {
    this.session.accept(stream, hello)
  }

  /**
   * Opens another stream and goes on there once it stands; until then the old one is used. If it cannot be opened nothing changes, and
   * `missed` tells why.
   */
  renew(options: RenewOptions = {}): void {
    if (this.#try === undefined) void this.#dial(this.isAttached, options.isDirectOnly ?? false)
  }

  /** Dials no more; the stream in use is left alone. */
  stop(): void {
    this.#isOver = true
    this.#alarm?.cancel()
    this.#alarm = undefined
    this.#endTry()
  }

  get #headStartMs(): number {
    const { transport, headStartMs = headStartMsDefault } = this.#options
    const peer = this.#options.target()?.peer
    return peer !== undefined && transport.peer > peer ? headStartMs : 0
  }

  #attached(stream: PeerStream): void {
    this.#failures = 0
    this.#alarm?.cancel()
    this.#alarm = undefined
    if (this.#try?.isRenewal === false) this.#endTry()
    this.#watcher.attached?.(stream)
  }

  #failed(why: Fault): void {
    this.#watcher.missed?.(why)
    this.#again()
  }

  #again(): void {
    if (this.isAttached || this.#isOver) return
    const { random, redialMs: bounds = redialMsBounds } = this.#options
    this.#dialAfter(redialMs(this.#failures, random, bounds))
    this.#failures++
  }

  #dialAfter(ms: number): void {
    if (this.#isOver) return
    const { clock } = this.#options
    this.#alarm?.cancel()
    const dial = (): void => {
      this.#alarm = undefined
      if (this.#try === undefined && !this.isAttached && !this.#isOver) void this.#dial(false, false)
    }
    if (ms > 0) this.#alarm = clock.alarm(clock.now() + ms, dial)
    else {
      this.#alarm = undefined
      clock.later(dial)
    }
  }

  async #dial(isRenewal: boolean, isDirectOnly: boolean): Promise<void> {
    const target = directFirst(this.#options.target(), isDirectOnly)
    if (target === undefined || this.#isOver) return
    const { clock, transport, purpose } = this.#options
    const controller = new AbortController()
    const alarm = clock.alarm(clock.now() + lineDialMsMax, () => controller.abort())
    const own: Try = { controller, alarm, isRenewal }
    this.#try = own
    try {
      const stream = await transport.dial(target, purpose, controller.signal)
      this.#opened(own, stream, isDirectOnly)
    } catch (error) {
      const isLate = controller.signal.aborted
      if (this.#try === own) this.#endTry()
      if (!this.#isOver && !isLate) this.#failed(faultOf(error, target))
      else if (!this.#isOver && !this.isAttached) this.#failed(lateFault(target))
    }
  }

  #opened(own: Try, stream: PeerStream, isDirectOnly: boolean): void {
    const isWanted = this.#try === own && !own.controller.signal.aborted
    if (this.#try === own) this.#endTry()
    if (isWanted && !(isDirectOnly && stream.way === 'relayed')) this.session.join(stream)
    else stream.abort(new Error('the stream is not needed any more'))
  }

  #endTry(): void {
    const ended = this.#try
    this.#try = undefined
    ended?.alarm.cancel()
    ended?.controller.abort()
  }
}

/** Undefined if there is nothing to dial. */
function directFirst(target: DialTarget | undefined, isDirectOnly: boolean): DialTarget | undefined {
  if (target === undefined) return undefined
  const direct = target.addresses.filter((address) => !isRelayed(address))
  const relayed = isDirectOnly ? [] : target.addresses.filter(isRelayed)
  const addresses = [...direct, ...relayed]
  return addresses.length === 0 ? undefined : { peer: target.peer, addresses }
}

function isRelayed(address: string): boolean {
  return address.includes('/p2p-circuit')
}

function faultOf(error: unknown, { peer, addresses }: DialTarget): Fault {
  if (Fault.is(error)) return error
  return new Fault(
    'peer-unreachable',
    `Cannot dial ${peer ?? 'a node'} at ${addresses.join(', ')}: the transport failed`,
    {
      hint: 'Look whether the node runs and the way to it is open.',
      details: { peer, addresses },
      cause: error,
    },
  )
}

function lateFault({ peer, addresses }: DialTarget): Fault {
  return new Fault(
    'peer-unreachable',
    `Cannot dial ${peer ?? 'a node'} at ${addresses.join(', ')}: no stream stood after ${lineDialMsMax} ms`,
    { hint: 'Look whether the node runs and the way to it is open.', details: { peer, addresses } },
  )
}
