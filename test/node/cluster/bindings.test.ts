// Tests of bindings: one link for each living member but this node, and no road to one that is no more.
import { expect, test } from 'vitest'
import { Bindings } from '../../../node/cluster/bindings.ts'
import { Town } from '../../actors/cluster/state/town.ts'
import type { BindingParts } from '../../../node/cluster/bindings.ts'
import type { PeerTalk } from '../../../node/cluster/peer-talk.ts'

class Switchboard {
  readonly town = new Town('a', 'b', 'c')
  member = 1
  readonly heard: string[] = []
  roads: { home: { thread: number } }[] = []
  readonly bindings: Bindings

  constructor() {
    // What is not given here is not used.
    const parts = {
      station: {
        link: (thread: number) => this.heard.push(`link ${thread}`),
        threadLost: (thread: number) => this.heard.push(`lost ${thread}`),
        roads: { all: () => this.roads },
      },
      office: { nodeLost: (thread: number) => this.heard.push(`gone ${thread}`) },
      facts: () => this.town.state,
      member: () => this.member,
      talkTo: ({ number }: { readonly number: number }): PeerTalk =>
        ({
          wire: { wire: {}, refersTo: (index: number) => this.heard.push(`${number} refers to ${index}`) },
          end: () => this.heard.push(`end ${number}`),
        }) as unknown as PeerTalk,
    }
    this.bindings = new Bindings(parts as unknown as BindingParts)
  }

  /** What has happened since the last look. */
  take(): string[] {
    return this.heard.splice(0)
  }
}

test('each living member but this one gets one link, however often it is looked', () => {
  const board = new Switchboard()
  board.bindings.renew()
  board.bindings.renew()
  expect(board.take()).toEqual(['link -2', 'link -3'])
})

test('while this node is no member it has no links', () => {
  const board = new Switchboard()
  board.member = 0
  board.bindings.renew()
  for (const one of board.town.state.members()) board.bindings.begin(one)
  expect([board.take(), board.bindings.members]).toEqual([[], []])
})

test('a link ends once with its member: first the roads are lost, then the talk ends, then its homes are doubted', () => {
  const board = new Switchboard()
  board.bindings.renew()
  board.take()
  board.town.remove(3)
  board.bindings.renew()
  board.bindings.renew()
  expect(board.take()).toEqual(['lost -3', 'end 3', 'gone -3'])
  expect([board.bindings.members, board.bindings.talk(3)]).toEqual([[2], undefined])
})

test('a road to a member that ended while nobody told this node is ended as well', () => {
  const board = new Switchboard()
  board.town.remove(3)
  board.roads = [
    { home: { thread: -3 } },
    { home: { thread: -2 } },
    { home: { thread: 0 } },
    { home: { thread: -1 } },
  ]
  board.bindings.renew()
  expect(board.take()).toEqual(['lost -3', 'gone -3', 'link -2'])
})

test('a node that is expelled lets go of all links, and gets them anew with its next number', () => {
  const board = new Switchboard()
  board.bindings.renew()
  board.take()
  board.bindings.dropAll()
  expect(board.take()).toEqual(['end 2', 'gone -2', 'end 3', 'gone -3'])
  board.town.join('a', { uid: 'anew' })
  board.member = board.town.state.memberByName('a')?.number ?? 0
  board.bindings.renew()
  expect(board.take()).toEqual(['link -2', 'link -3'])
})

test('what is sent may refer to what was decided: all links are told', () => {
  const board = new Switchboard()
  board.bindings.renew()
  board.take()
  board.bindings.refersTo(12)
  expect(board.take()).toEqual(['2 refers to 12', '3 refers to 12'])
})
