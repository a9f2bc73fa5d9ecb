// Waking: how a node with threads gives an entity a home and a life, and makes room for one more.
import { Fault } from '../../runtime/fault.ts'
import { FarAwakener } from '../entities/far-awakener.ts'
import { keyOf } from '../entities/register.ts'
import { Pins } from '../entities/pins.ts'
import { orderOf } from './spawn-order.ts'
import type { ActorDefinition } from '../../runtime/definition.ts'
import type { Host } from '../../runtime/cell.ts'
import type { Home } from '../../transports/link/record.ts'
import type { EntityKeeper } from '../entities/entity-keeper.ts'
import type { EntityKind } from '../entities/register.ts'
import type { Homes } from './homes.ts'
import type { Calls } from './orders.ts'
import type { PlaceWish } from './place.ts'
import type { SpawnOrder } from './spawn-order.ts'

export interface WakingParts {
  readonly host: Host
  readonly homes: Homes
  readonly keeper: EntityKeeper
  /** The worker threads that serve. */
  threads(): readonly number[]
  isStopping(): boolean
  /** The epoch of its next home. */
  epochFor(path: string): number
  /** Whether an entity may be woken in this node. */
  keeps(path: string): boolean
  /** In which thread a root goes to live. @throws {Fault} those of `place` */
  placeFor(path: string, request: { readonly definition: ActorDefinition; readonly wish: PlaceWish }): number
  /** Gives the order, to the main thread itself with the definition. @throws {Fault} `thread-lost` and those of a spawn */
  spawn(thread: number, order: SpawnOrder, definition: ActorDefinition): Promise<unknown>
  evict(thread: number, input: Calls['evict']['input']): Promise<number>
}

export function awakenerOf(parts: WakingParts): FarAwakener<Home> {
  const { host, homes, keeper } = parts
  const { register, cooldowns, waiting } = keeper
  const pins = new Pins()
  // Whose turn it is to make room.
  let turn = 0
  const awakener = new FarAwakener<Home>({
    host,
    register,
    cooldowns,
    waiting,
    resolve: (path, answer) => homes.resolve(path, answer),
    keeps: (path) => parts.keeps(path),
    hasHome: (path) => homes.get(path) !== undefined,
    start: (path, kind) => start(parts, path, { kind, pin: pins.take(path, host.clock.now()) }),
    evict: async (name, count) => {
      const threads = [0, ...parts.threads()]
      let evicted = 0
      for (let left = threads.length; left > 0 && evicted < count; left--) {
        const thread = threads[turn++ % threads.length] ?? 0
        evicted += await evictIn(parts, thread, { name: name ?? null, count: count - evicted })
      }
      return evicted
    },
  })
  homes.released = ({ top, thread }, exit) => {
    // What a lost thread had sent is with it.
    if (exit !== undefined && exit.cause !== 'node-lost') pins.note(top, thread, host.clock.now())
    awakener.released(top, exit)
  }
  return awakener
}

/** One that gives no answer is lost or blocked, and makes no room. */
async function evictIn(parts: WakingParts, thread: number, input: Calls['evict']['input']): Promise<number> {
  try {
    return await parts.evict(thread, input)
  } catch (error) {
    if (Fault.is(error)) return 0
    throw error
  }
}

async function start(
  parts: WakingParts,
  path: string,
  { kind, pin }: { readonly kind: EntityKind; readonly pin: number | undefined },
): Promise<void> {
  const { homes } = parts
  const { definition, rules } = kind
  if (parts.isStopping()) throw stopping(path)
  const isOpen = pin === 0 || (pin !== undefined && parts.threads().includes(pin))
  const thread = isOpen ? pin : parts.placeFor(path, { definition, wish: rules.place })
  const order = orderOf({
    path,
    number: undefined,
    definition,
    args: [keyOf(path)],
    options: {},
    epoch: parts.epochFor(path),
    idleMs: rules.idleMs,
  })
  const entry = homes.claim(order, thread)
  try {
    await parts.spawn(thread, order, definition)
    entry.hasStarted = true
  } catch (error) {
    // What has moved has started.
    if (entry.move !== undefined || entry.thread !== thread) entry.hasStarted = true
    else {
      homes.release(entry)
      throw error
    }
  }
}

function stopping(path: string): Fault {
  return new Fault('actor-stopped', `Cannot wake "${path}": the node is stopping`, {
    hint: 'Send before the node is told to stop.',
  })
}
