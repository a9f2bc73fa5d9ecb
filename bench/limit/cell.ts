// A bare cell: one actor of the limit, a behaviour with a mailbox and its place among its siblings.

/** What handles an actor's messages; one class for each kind of actor. */
export interface Behaviour {
  receive(message: unknown, cell: Cell): void
}

const empty: unknown[] = []

/** The mailbox is part of it: a slot for the first message, and a ring for the rest, made when a second one waits. */
export class Cell {
  behaviour: Behaviour
  readonly parent: Cell | undefined
  runNext: Cell | undefined = undefined
  isQueued = false
  slot: unknown = undefined
  ring: unknown[] = empty
  head = 0
  tail = 0
  lastChild: Cell | undefined = undefined
  previous: Cell | undefined = undefined
  next: Cell | undefined = undefined

  constructor(behaviour: Behaviour, parent?: Cell) {
    this.behaviour = behaviour
    this.parent = parent
    if (parent === undefined) return
    const elder = parent.lastChild
    this.previous = elder
    if (elder !== undefined) elder.next = this
    parent.lastChild = this
  }

  push(message: unknown): void {
    if (this.tail - this.head === this.ring.length) this.#grow()
    this.ring[this.tail++ & (this.ring.length - 1)] = message
  }

  /** The first message of the ring, which must hold one. */
  shift(): unknown {
    const index = this.head++ & (this.ring.length - 1)
    const message = this.ring[index]
    this.ring[index] = undefined
    return message
  }

  /** Leaves its place; what it was told before is handled, nobody keeps it from being told more. */
  stop(): void {
    const { parent, previous, next } = this
    if (previous !== undefined) previous.next = next
    if (next !== undefined) next.previous = previous
    else if (parent !== undefined) parent.lastChild = previous
    this.previous = undefined
    this.next = undefined
  }

  #grow(): void {
    const size = this.ring.length
    const count = this.tail - this.head
    const ring = Array.from<unknown>({ length: size === 0 ? 4 : size * 2 })
    for (let i = 0; i < count; i++) ring[i] = this.ring[(this.head + i) & (size - 1)]
    this.ring = ring
    this.head = 0
    this.tail = count
  }
}
