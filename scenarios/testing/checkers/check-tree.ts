// C-TREE: no child outlives a life of its parent, and siblings that come back together go down in reverse and begin in order.
import { broken, kept } from './verdict.ts'
import type { ActorId, LifeEvent, LifeStory, Spawned } from './life.ts'
import type { Verdict } from './verdict.ts'

/** Guarantee S1, second half. */
export function checkTree(story: LifeStory): Verdict {
  const tree = new Tree()
  for (const event of story) {
    const reason = tree.take(event)
    if (reason !== undefined) return broken(`${reason}, at ${event.atMs} ms`)
  }
  return kept(tree.endCount, 'ends')
}

/** An actor of the story. */
interface Actor extends Spawned {
  readonly children: Set<Actor>
  /** Its place among its siblings, in the order of their spawning. */
  readonly index: number
  isAlive: boolean
  hasEnded: boolean
  /** Of a group at work: the sibling halted last and the one begun last, since the last failure. */
  haltedLast: number
  begunLast: number
  /** Who was there when the group went to work: who came later finds a halt under way, and goes when it can. */
  knownUpTo: number
  /** Who must be halted before anybody begins, by the child whose failure calls for it. */
  readonly mustHalt: Map<Actor, Set<Actor>>
}

class Tree {
  readonly #actors = new Map<ActorId, Actor>()
  endCount = 0

  /** @returns what is wrong */
  take(event: LifeEvent): string | undefined {
    if (event.type === 'spawned') return this.#spawn(event)
    const actor = this.#actors.get(event.id)
    if (actor === undefined) return `actor ${event.id} is ${event.type}, and was never spawned`
    if (actor.hasEnded) return `"${actor.path}" is ${event.type}, and has ended before`
    switch (event.type) {
      case 'failed':
        return this.#fail(
          actor,
          !event.isLast && (event.directive === 'restart' || event.directive === 'resume'),
        )
      case 'halted':
        return event.by === 'itself' ? this.#fail(actor, true) : this.#halt(actor, event.by)
      case 'restarted':
        return this.#begin(actor)
      case 'escalated':
        actor.mustHalt.clear()
        return undefined
      case 'ended':
        return this.#end(actor)
      case 'started':
      case 'backoff':
        return undefined
    }
  }

  #spawn(event: Spawned): string | undefined {
    const parent = this.#actors.get(event.parent)
    if (this.#actors.has(event.id)) return `actor ${event.id} is spawned twice`
    if (parent === undefined && event.parent !== 0) return `"${event.path}" is spawned by nobody`
    if (parent?.hasEnded === true) return `"${event.path}" is spawned by a parent that has ended`
    if (parent?.isAlive === false) return `"${event.path}" is spawned by a parent that is down`
    const actor: Actor = {
      ...event,
      children: new Set(),
      index: this.#actors.size,
      isAlive: true,
      hasEnded: false,
      haltedLast: Infinity,
      begunLast: -1,
      knownUpTo: Infinity,
      mustHalt: new Map(),
    }
    this.#actors.set(event.id, actor)
    parent?.children.add(actor)
    return undefined
  }

  /** A life is over, and the strategy of its parent says who goes with it. */
  #fail(actor: Actor, comesBack: boolean): string | undefined {
    actor.isAlive = false
    const parent = this.#parentOf(actor)
    if (parent === undefined) return undefined
    this.#isHalted(parent, actor)
    parent.haltedLast = Infinity
    parent.begunLast = -1
    parent.knownUpTo = Math.min(parent.knownUpTo, this.#actors.size)
    const { strategy } = parent.supervision
    const goesAlone = strategy === 'one-for-one' || actor.child.restart === 'temporary'
    if (goesAlone || !comesBack || !parent.isAlive) return undefined
    const others = [...parent.children].filter((other) => other !== actor && other.isAlive)
    const reach = strategy === 'one-for-all' ? others : others.filter((other) => other.index > actor.index)
    parent.mustHalt.set(actor, new Set(reach))
    return undefined
  }

  #halt(actor: Actor, by: 'sibling' | 'order'): string | undefined {
    const left = childLeft(actor)
    if (left !== undefined) return `"${actor.path}" is halted while "${left.path}" lives`
    actor.isAlive = false
    const parent = this.#parentOf(actor)
    if (parent === undefined) return undefined
    this.#isHalted(parent, actor)
    if (by === 'order') {
      parent.haltedLast = Infinity
      parent.begunLast = -1
      return undefined
    }
    if (parent.supervision.strategy === 'one-for-one')
      return `"${actor.path}" is halted with a sibling, one for one`
    parent.begunLast = -1
    if (actor.index >= parent.knownUpTo) return undefined
    if (actor.index > parent.haltedLast)
      return `"${actor.path}" is halted after a sibling that began before it`
    parent.haltedLast = actor.index
    return undefined
  }

  #begin(actor: Actor): string | undefined {
    const left = childLeft(actor)
    if (left !== undefined) return `"${actor.path}" begins again while "${left.path}" lives`
    const parent = this.#parentOf(actor)
    actor.isAlive = true
    actor.mustHalt.clear()
    if (parent?.isAlive === false) return `"${actor.path}" begins again while its parent is down`
    if (parent === undefined || parent.supervision.strategy === 'one-for-one') return undefined
    for (const [cause, others] of parent.mustHalt) {
      for (const other of others) {
        return `"${actor.path}" begins before "${other.path}" has been halted with "${cause.path}"`
      }
    }
    parent.mustHalt.delete(actor)
    if (actor.index < parent.begunLast) return `"${actor.path}" begins after a sibling that is behind it`
    parent.begunLast = actor.index
    parent.haltedLast = Infinity
    parent.knownUpTo = Infinity
    return undefined
  }

  #end(actor: Actor): string | undefined {
    const left = childLeft(actor)
    if (left !== undefined) return `"${actor.path}" ends while its child "${left.path}" lives`
    actor.hasEnded = true
    actor.isAlive = false
    this.endCount++
    const parent = this.#parentOf(actor)
    if (parent === undefined) return undefined
    this.#isHalted(parent, actor)
    parent.mustHalt.delete(actor)
    parent.children.delete(actor)
    return undefined
  }

  #isHalted(parent: Actor, actor: Actor): void {
    for (const others of parent.mustHalt.values()) others.delete(actor)
  }

  #parentOf(actor: Actor): Actor | undefined {
    return this.#actors.get(actor.parent)
  }
}

function childLeft(actor: Actor): Actor | undefined {
  for (const child of actor.children) return child
  return undefined
}
