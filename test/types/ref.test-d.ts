// Compile-time tests of refs: which messages may be told, asked and offered, and what comes back. Checked by tsc, never run.
import { startNode } from 'troupe'
import { account, door, ponger } from './definition.test-d.ts'
import type { Exit, Ref, RefOf } from 'troupe'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
/** Compiles only for `true`. */
function holds<T extends true>(): T | undefined {
  return undefined
}

const node = await startNode({ name: 'types', strict: true })
const ada = await node.spawn(account, 'bank/ada', 'Ada')

ada.tell('deposit', 5)
ada.tell('add')
ada.tell('add', 3)
ada.tell('balance')
ada.tell('rename', { owner: 'Eva' })
ada.tell('rename', { owner: 'Eva', since: new Date(0) })
// @ts-expect-error the amount is a number
ada.tell('deposit', '5')
// @ts-expect-error the amount is missing
ada.tell('deposit')
// @ts-expect-error there is no such message
ada.tell('withdraw', 5)
// @ts-expect-error balance takes nothing
ada.tell('balance', 3)
// @ts-expect-error the owner is missing
ada.tell('rename', {})
// @ts-expect-error a payload is one value
ada.tell('deposit', 5, 6)

holds<Equal<Awaited<ReturnType<typeof depositing>>, number>>()
const depositing = (): Promise<number> => ada.ask('deposit', 5)
export const balance: number = await ada.ask('balance')
export const soon: number = await ada.ask('balance', undefined, { timeoutMs: 10 })
export const both: number = await ada.ask('deposit', 3, { timeoutMs: 10 })
export const nothing: void = await ada.ask('add')
export const pong: 'pong' = await (await node.spawn(ponger)).ask('ping')
// @ts-expect-error a balance is a number
export const text: string = await ada.ask('balance')
// @ts-expect-error the reply is a promise
export const early: number = ada.ask('balance')
// @ts-expect-error the amount is a number
await ada.ask('deposit', '5')
// @ts-expect-error the amount comes before the options
await ada.ask('deposit', { timeoutMs: 10 })
// @ts-expect-error there is no such option
await ada.ask('balance', undefined, { timeout: 10 })

export const offered: undefined | void = await ada.offer('deposit', 5, { timeoutMs: 10 })
// @ts-expect-error the amount is a number
await ada.offer('deposit', true)
// @ts-expect-error there is no such message
await ada.offer('withdraw', 5)

// Messages of all behaviours are part of the protocol.
const front = await node.spawn(door)
front.tell('open', 'Ada')
front.tell('close')
front.tell('unlock', 42)
export const count: number = await front.ask('close')
// @ts-expect-error the code is a number
front.tell('unlock', '42')
// @ts-expect-error there is no such message in any behaviour
front.tell('slam')

// Spawning: the arguments are those of the state factory.
await node.spawn(account, { name: 'bank/eva', restart: 'permanent', shutdownMs: 10 }, 'Eva', 50)
await node.spawn(ponger, undefined)
await node.spawn(ponger, { backoff: { minMs: 10, maxMs: 100 } })
// @ts-expect-error the owner is missing
await node.spawn(account, 'bank/bob')
// @ts-expect-error the owner is a string
await node.spawn(account, 'bank/bob', 7)
// @ts-expect-error one argument too many
await node.spawn(ponger, 'pong', 1)
// @ts-expect-error there is no such option
await node.spawn(ponger, { nmae: 'pong' })
// @ts-expect-error a definition is what defineActor returns
await node.spawn({ name: 'fake' })

// The types of refs: by definition, by protocol, and any.
export const byDefinition: RefOf<typeof account> = ada
export const byBehaviours: RefOf<typeof door> = front
export const narrow: Ref<{ balance(): number }> = ada
export const any: Ref = ada
export const found: RefOf<typeof account> | undefined = node.find('bank/ada')
any.tell('whatever', { it: 'is' })
export const unknown: unknown = await any.ask('whatever')
// @ts-expect-error what an unknown actor replies is unknown
export const known: number = await any.ask('whatever')
// @ts-expect-error a door is no account
export const wrong: RefOf<typeof account> = front
// @ts-expect-error a ref's path does not change
ada.path = 'bank/eva'

export const unwatch: () => void = ada.watch((exit: Exit) => exit.cause)
export const same: boolean = ada.equals(front) && front.equals(node.find('x') ?? ada)

declare const kept: RefOf<typeof account>
kept.tell('deposit', 5)
// @ts-expect-error a ref's type knows its messages by name
kept.tell('withdraw', 5)
