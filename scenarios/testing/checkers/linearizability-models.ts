// Linear models: what one copy of a register, and of a claimed name, does with each call.
import type { LinearModel } from './linearizability-model.ts'

/** A register that is also compared and swapped. */
export type RegisterCall =
  | { readonly type: 'read' }
  | { readonly type: 'write'; readonly value: number }
  | { readonly type: 'swap'; readonly from: number; readonly to: number }

/** What was read; of a swap whether it was done; of a write nothing that matters. */
export type RegisterReply = number | boolean | null

/** Begins with 0. */
export const registerModel: LinearModel<number, RegisterCall, RegisterReply> = {
  start: 0,
  nameOf: String,
  isLook: ({ type }, reply) => type === 'read' || reply === false,
  step(state, call, reply) {
    switch (call.type) {
      case 'read':
        return reply === undefined || reply === state ? state : undefined
      case 'write':
        return call.value
      case 'swap': {
        const isDone = state === call.from
        if (reply !== undefined && reply !== isDone) return undefined
        return isDone ? call.to : state
      }
    }
  },
}

/** A name that one member at a time has, under an epoch that only rises. */
export type ClaimCall =
  | { readonly type: 'claim'; readonly by: string }
  | { readonly type: 'release'; readonly by: string; readonly epoch: number }
  | { readonly type: 'move'; readonly from: string; readonly epoch: number; readonly to: string }
  | { readonly type: 'look' }

/** Who has the name afterwards, and under which epoch; null if nobody has. */
export interface ClaimReply {
  /** Whether the call did what it was to do; of a look always true. */
  readonly isDone: boolean
  readonly owner: string | null
  readonly epoch: number
}

export interface ClaimState {
  readonly owner: string | null
  /** The epoch of the owner, or of the last one; a lower bound of it while `isExact` is false. */
  readonly epoch: number
  /** False after a claim whose answer nobody has seen. */
  readonly isExact: boolean
}

/** A claim is refused while another has the name, and answered as before if the same one has it; release and move ask for the epoch. */
export const claimModel: LinearModel<ClaimState, ClaimCall, ClaimReply> = {
  start: { owner: null, epoch: 0, isExact: true },
  isLook: ({ type }, reply) => type === 'look' || reply?.isDone === false,
  nameOf: ({ owner, epoch, isExact }) => `${owner ?? 'nobody'}@${isExact ? '' : '>='}${epoch}`,
  step(state, call, reply) {
    switch (call.type) {
      case 'look':
        return look(state, reply)
      case 'claim':
        if (state.owner !== null) return refusedOr(state, reply, state.owner === call.by)
        return given(state, call.by, reply)
      case 'move':
        if (state.owner !== call.from || !couldBe(state, call.epoch)) return refusedOr(state, reply, false)
        return given({ ...state, epoch: Math.max(state.epoch, call.epoch) }, call.to, reply)
      case 'release':
        return release(state, call.by, call.epoch, reply)
    }
  },
}

function couldBe({ epoch, isExact }: ClaimState, asked: number): boolean {
  return isExact ? asked === epoch : asked >= epoch
}

/** The name changes nothing; the reply may make the epoch known. */
function look(state: ClaimState, reply: ClaimReply | undefined): ClaimState | undefined {
  if (reply === undefined) return state
  if (reply.owner !== state.owner) return undefined
  if (state.owner === null) return state
  if (!couldBe(state, reply.epoch)) return undefined
  return { owner: state.owner, epoch: reply.epoch, isExact: true }
}

function refusedOr(
  state: ClaimState,
  reply: ClaimReply | undefined,
  isDone: boolean,
): ClaimState | undefined {
  if (reply !== undefined && reply.isDone !== isDone) return undefined
  return look(state, reply)
}

/** A new epoch: higher than every one before. */
function given(state: ClaimState, owner: string, reply: ClaimReply | undefined): ClaimState | undefined {
  if (reply === undefined) return { owner, epoch: state.epoch + 1, isExact: false }
  if (!reply.isDone || reply.owner !== owner || reply.epoch <= state.epoch) return undefined
  return { owner, epoch: reply.epoch, isExact: true }
}

function release(
  state: ClaimState,
  by: string,
  epoch: number,
  reply: ClaimReply | undefined,
): ClaimState | undefined {
  const isDone = state.owner === by && couldBe(state, epoch)
  if (!isDone) return refusedOr(state, reply, false)
  if (reply !== undefined && (!reply.isDone || reply.owner !== null)) return undefined
  return { owner: null, epoch: Math.max(state.epoch, epoch), isExact: state.isExact || epoch >= state.epoch }
}
