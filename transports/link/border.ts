// A border: how one node's numbers of runtimes read in another.
// From 0 up they are its own threads, of which 0 speaks for all; below zero they are other nodes, each by its number as a member. The main
// thread stands on the border; behind it nobody knows of other nodes.
import { farChainMax } from './far-origin.ts'
import type { Beside, Home } from './record.ts'

/** Runtimes that something may say it came by; more than it can have been sent on. */
const viaKept = 32

/** Whether that is another node. */
export function isNode(runtime: number): boolean {
  return runtime < 0
}

/** Whether a question and the answer to it would have to cross from a thread of this node to another node, or back. */
export function crosses(from: number, to: number): boolean {
  return isNode(from) !== isNode(to)
}

export class Border {
  /** This node's number as a member of its cluster, from 1 up; 0 while it is none. */
  member = 0

  /** A number as whoever is on the other side of a link to `to` has to read it. */
  out(runtime: number, to: number): number {
    if (isNode(to)) return isNode(runtime) ? runtime : -this.member
    return isNode(runtime) ? 0 : runtime
  }

  /** What another node means by a number; undefined where it speaks of threads, which are none of its business. */
  in(runtime: number): number | undefined {
    if (!isNode(runtime)) return undefined
    return runtime === -this.member ? 0 : runtime
  }

  homeOut(home: Home, to: number): Home {
    return { ...home, thread: this.out(home.thread, to) }
  }

  /** @returns undefined for what is no home */
  homeIn(value: unknown): Home | undefined {
    const { top, thread, epoch } = Object(value) as Partial<Record<keyof Home, unknown>>
    if (typeof top !== 'string' || !Number.isSafeInteger(thread) || !Number.isSafeInteger(epoch))
      return undefined
    const inside = this.in(thread as number)
    return inside === undefined ? undefined : { top, thread: inside, epoch: epoch as number }
  }

  besideOut({ replyTo, chain, via, parcel }: Beside, to: number): Beside {
    return {
      ...(replyTo === undefined ? {} : { replyTo: this.out(replyTo, to) }),
      ...(chain === undefined
        ? {}
        : { chain: chain.map((one, at) => (at % 2 === 0 ? this.out(one, to) : one)) }),
      ...(via === undefined ? {} : { via: via.map((one) => (isNode(one) ? one : this.out(one, to))) }),
      ...(parcel === undefined ? {} : { parcel }),
    }
  }

  /** @param from the node that sent it, which is meant where it means nobody else */
  besideIn({ replyTo, chain, via }: Beside, from: number): Beside {
    const read = (one: number): number => this.in(one) ?? from
    return {
      ...(replyTo === undefined ? {} : { replyTo: read(replyTo) }),
      ...(chain === undefined
        ? {}
        : { chain: chain.slice(0, farChainMax * 2).map((one, at) => (at % 2 === 0 ? read(one) : one)) }),
      ...(via === undefined ? {} : { via: via.slice(-viaKept).map(read) }),
    }
  }
}
