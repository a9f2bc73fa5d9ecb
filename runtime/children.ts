// The children of a cell: a linked list in the order of their start, which costs a childless cell one pointer.

/** What can stand in the list, in one at a time. */
export interface Sibling<T> {
  previous: T | undefined
  next: T | undefined
}

export class Children<T extends Sibling<T>> implements Iterable<T> {
  first: T | undefined = undefined
  last: T | undefined = undefined
  count = 0

  /** @param before whom it is to stand before; otherwise it is the last */
  add(child: T, before?: T): void {
    const previous = before === undefined ? this.last : before.previous
    child.previous = previous
    child.next = before
    if (previous === undefined) this.first = child
    else previous.next = child
    if (before === undefined) this.last = child
    else before.previous = child
    this.count++
  }

  delete(child: T): void {
    if (child.previous === undefined) this.first = child.next
    else child.previous.next = child.next
    if (child.next === undefined) this.last = child.previous
    else child.next.previous = child.previous
    child.previous = undefined
    child.next = undefined
    this.count--
  }

  *[Symbol.iterator](): Generator<T> {
    for (let child = this.first; child !== undefined; child = child.next) yield child
  }
}
