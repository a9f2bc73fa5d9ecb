// Tests of where verbs run: a decision for each verb and input, made by the verb alone.
import { expect, test } from 'vitest'
import { verbs } from '../../../../node/verbs/table.ts'

const actor = { actor: 'bank/ada' }
const home = { in: 'home', path: 'bank/ada' }
const top = { path: 'bank/ada', limit: 10 }
const all = { in: 'all' }
const main = { in: 'main' }

const decisions: Readonly<Record<string, readonly (readonly [input: object, where: object])[]>> = {
  spawn: [[{}, main]],
  tell: [[actor, home]],
  ask: [[actor, home]],
  tree: [
    [{ limit: 10 }, all],
    [top, home],
  ],
  ls: [
    [{ limit: 10 }, all],
    [top, home],
  ],
  info: [[actor, home]],
  state: [
    [actor, home],
    // Of another time: in the journal.
    [{ ...actor, at: 3 }, main],
  ],
  mailbox: [[actor, home]],
  why: [[actor, home]],
  // It has to outlive the thread of the actor.
  watch: [[actor, main]],
  // Events and letters may be where the actor was before.
  tail: [
    [{}, all],
    [top, all],
  ],
  trace: [[actor, home]],
  top: [
    [{ limit: 10 }, all],
    [top, home],
  ],
  dead: [
    [{}, all],
    [{ replay: 'all' }, all],
    [{ replay: '17' }, { in: 'thread', id: 0, input: { replay: '17' } }],
    [{ replay: '3.17' }, { in: 'thread', id: 3, input: { replay: '17' } }],
    [{ replay: 'x' }, all],
  ],
  events: [[{}, main]],
  projections: [[{}, main]],
  'journal ls': [[{}, main]],
  'journal show': [[actor, main]],
  'journal verify': [[{}, main]],
  'journal compact': [[{}, main]],
  replay: [[actor, main]],
  audit: [[{}, main]],
  stop: [[actor, home]],
  kill: [[actor, home]],
  restart: [[actor, home]],
  suspend: [[actor, home]],
  resume: [[actor, home]],
  threads: [[{}, main]],
  move: [[actor, main]],
  spread: [[{}, main]],
  rebalance: [[{}, main]],
  nodes: [[{}, main]],
  cluster: [[{}, main]],
  'cluster simulate-partition': [[{}, main]],
  views: [[{}, main]],
  homes: [[{}, main]],
  drain: [[{}, main]],
  definitions: [[{}, main]],
  entities: [[{}, main]],
  load: [[{}, main]],
}

test('there is a decision for each verb', () => {
  expect(Object.keys(decisions).toSorted()).toEqual(verbs.map(({ name }) => name).toSorted())
})

test.each(verbs.map((verb) => [verb.name, verb] as const))('%s runs where it has to', (name, verb) => {
  for (const [input, where] of decisions[name] ?? []) expect(verb.where(input as never)).toMatchObject(where)
})
