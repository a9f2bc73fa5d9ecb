// A payload: what the messages of the suite `threads` carry, the same for all peers.

export type PayloadName = '16' | '100' | '1k' | '64k'

/** Something to send, and how it is sent in numbers. */
export interface Payload {
  /** A new one, as a program makes them: only bytes are told again and again, since whoever sends them keeps them. */
  readonly make: (index: number) => unknown
  /** Looks into one that has come, so that it had to be decoded; returns what `make` was given. */
  readonly read: (payload: never) => number
  /** Messages after which the receiver gives credit; the sender is two such shares ahead. */
  readonly creditMessages: number
  /** Messages of one repetition; a whole number of credits. */
  readonly messages: number
}

interface Small {
  readonly to: number
  readonly v: number
}

interface Transfer {
  readonly user: string
  readonly amount: number
  readonly by: { readonly branch: string; readonly desk: number }
  readonly note: string
}

interface Order {
  readonly id: number
  readonly customer: string
  readonly items: readonly Item[]
}

interface Item {
  readonly sku: string
  readonly title: string
  readonly count: number
  readonly cents: number
}

const itemsOfOrder = 12
const bytes = new Uint8Array(65_536).fill(7)

/** By the name that figures have; sizes are those of their JSON, but of the last, which is bytes. */
export const payloads: Readonly<Record<PayloadName, Payload>> = {
  '16': {
    make: (index): Small => ({ to: 1, v: index }),
    read: ({ v }: Small) => v,
    creditMessages: 8_192,
    messages: 8_192 * 200,
  },
  '100': {
    make: (index): Transfer => ({
      user: 'ada',
      amount: index,
      by: { branch: 'amsterdam', desk: 12 },
      note: 'rent for november',
    }),
    read: ({ amount }: Transfer) => amount,
    creditMessages: 8_192,
    messages: 8_192 * 80,
  },
  '1k': {
    make: (index): Order => ({ id: index, customer: 'ada', items: items(index) }),
    read: (order: Order) => order.id,
    creditMessages: 1_024,
    messages: 1_024 * 64,
  },
  '64k': {
    make: () => bytes,
    read: (received: Uint8Array) => received[65_535] ?? 0,
    creditMessages: 64,
    messages: 64 * 256,
  },
}

function items(index: number): Item[] {
  const list: Item[] = []
  for (let line = 0; line < itemsOfOrder; line++) {
    list.push({
      sku: 'A-10-4711',
      title: 'a box of twelve steel nails',
      count: line,
      cents: 1_999 + (index & 1_023),
    })
  }
  return list
}

/** What the receiver must have read in all when it has had so many: a link that drops, doubles or garbles is found out. */
export function sumOf({ make, read }: Payload, messages: number): number {
  let sum = 0
  // What `make` makes is what `read` reads.
  for (let index = 0; index < messages; index++) sum += read(make(index) as never)
  return sum
}
