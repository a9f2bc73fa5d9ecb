// A refused journey: why a root does not move, or not there.
import { Fault } from '../../runtime/fault.ts'
import type { HomeState } from './homes.ts'

export function threadUnknown(path: string, slot: number): Fault {
  return new Fault('thread-unknown', `Cannot move "${path}": the node has no thread ${slot}`, {
    hint: 'See "threads"; 0 is the main thread.',
  })
}

export function unhosted(path: string, definition: string): Fault {
  return new Fault('move-refused', `Cannot move "${path}": "${definition}" is not loaded in the threads`, {
    hint: 'Name its module in the option `load`.',
  })
}

export function movesFull(path: string): Fault {
  return new Fault('moves-full', `Cannot move "${path}": too many moves are under way`, {
    hint: 'Wait for some to end.',
  })
}

export function actorUnknown(path: string): Fault {
  return new Fault('actor-unknown', `Cannot move "${path}": no actor lives there`, {
    hint: 'See who lives with "tree".',
  })
}

export function notRoot(path: string, top: string): Fault {
  return new Fault(
    'move-refused',
    `Cannot move "${path}": it is not a root, it lives and moves with "${top}"`,
    {
      hint: `Move "${top}".`,
    },
  )
}

export function kinStay(path: string, kin: string): Fault {
  return new Fault('move-refused', `Cannot move "${path}": it shares its path with the root "${kin}"`, {
    hint: 'Give roots that are to move paths of which none is the beginning of another.',
  })
}

export function notSettled(path: string, state: HomeState): Fault {
  return new Fault('move-refused', `Cannot move "${path}": it is ${state}`, {
    hint: 'Wait until that is over, and move again.',
  })
}

export function dedicatedTo(path: string, slot: number): Fault {
  return new Fault('move-refused', `Cannot move "${path}": thread ${slot} is dedicated to another actor`, {
    hint: 'Choose another thread.',
  })
}
