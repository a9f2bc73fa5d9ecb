// Tests of definitions: what defineActor takes, what it refuses, and what it keeps.
import { describe, expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { compiled, mailboxMessagesDefault } from '../../runtime/definition.ts'

const on = { ping: () => 'pong' }

describe('refused', () => {
  const names: unknown[] = ['', '1st', 'a b', 'a/b', 'a$1', 'ä', '-a', 'a'.repeat(65), 5, null, undefined]
  for (const name of names) {
    test(`the name ${JSON.stringify(name)?.slice(0, 20)}`, () => {
      expect(() => defineActor(name as string, { on })).toThrow(
        expect.objectContaining({ code: 'definition-invalid' }),
      )
    })
  }

  const specs: Record<string, [spec: unknown, said: string]> = {
    'no spec': [undefined, 'the second argument is not an object'],
    'a spec that is null': [null, 'the second argument is not an object'],
    'no handler table': [{}, 'on is not a table of handlers'],
    'a handler that is no function': [{ on: { ping: 'pong' } }, 'on.ping is not a function'],
    'a behaviour that is no table': [{ on, behaviours: { shut: 5 } }, 'behaviours.shut is not a table'],
    'a behaviour with a broken handler': [{ on, behaviours: { shut: { x: 5 } } }, 'behaviours.shut.x is not'],
    'a behaviour named as the default one': [{ on, behaviours: { on } }, 'behaviours.on takes the name'],
    'a state that is no factory': [{ on, state: { count: 0 } }, 'state is not a function'],
    'a hook that is no function': [{ on, started: true }, 'started is not a function'],
    'version 0': [{ on, version: 0 }, 'version is 0, not a whole number from 1'],
    'half a version': [{ on, version: 1.5 }, 'version is 1.5'],
    'a mailbox without room': [{ on, mailbox: { messagesMax: 0 } }, 'mailbox.messagesMax is 0'],
    'a mailbox without end': [{ on, mailbox: { messagesMax: Infinity } }, 'mailbox.messagesMax is Infinity'],
    'an unknown policy': [
      { on, mailbox: { overflow: 'drop-all' } },
      'mailbox.overflow is drop-all, not reject',
    ],
    'no tries': [{ on, triesMax: 0 }, 'triesMax is 0'],
    'too many tries': [{ on, triesMax: 101 }, 'triesMax is 101, not a whole number from 1 to 100'],
  }
  for (const [what, [spec, said]] of Object.entries(specs)) {
    test(what, () => {
      const define = (): unknown => defineActor('wrong', spec as never)
      expect(define).toThrow(expect.objectContaining({ code: 'definition-invalid' }))
      expect(define).toThrow(said)
    })
  }
})

test('a definition has its name, version 1 and a mailbox of the default size unless it says otherwise', () => {
  const plain = compiled(defineActor('plain', { on }))
  expect([plain.name, plain.version, plain.messagesMax, plain.overflow, plain.triesMax]).toEqual([
    'plain',
    1,
    mailboxMessagesDefault,
    'reject',
    1,
  ])
  const other = compiled(
    defineActor('Other.2_x-y', {
      on,
      version: 7,
      triesMax: 3,
      mailbox: { messagesMax: 9, overflow: 'drop-oldest' },
    }),
  )
  expect([other.version, other.messagesMax, other.overflow, other.triesMax]).toEqual([7, 9, 'drop-oldest', 3])
})

test('a definition knows its messages, sorted, over all behaviours', () => {
  const door = compiled(
    defineActor('door', {
      on: { open() {}, knock() {} },
      behaviours: { opened: { close() {}, knock() {} } },
    }),
  )
  expect(door.messages()).toEqual(['close', 'knock', 'open'])
  expect(['close', 'open', 'constructor', ''].map((name) => door.understands(name))).toEqual([
    true,
    true,
    false,
    false,
  ])
})
