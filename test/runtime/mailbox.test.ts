// Tests of the mailbox: order, the slot and the ring behind it, growth, and what is put back in front.
import { describe, expect, test } from 'vitest'
import { Envelope } from '../../runtime/envelope.ts'
import { Mailbox } from '../../runtime/mailbox.ts'

const nobody = { path: 'nobody' }
const letter = (name: number): Envelope => new Envelope(nobody, String(name), undefined, undefined, undefined)

function filled(count: number, from = 0): Mailbox {
  const mailbox = new Mailbox()
  for (let i = 0; i < count; i++) mailbox.push(letter(from + i))
  return mailbox
}

function drained(mailbox: Mailbox): number[] {
  const names: number[] = []
  for (let mail = mailbox.shift(); mail !== undefined; mail = mailbox.shift()) names.push(Number(mail.name))
  return names
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

describe('order', () => {
  // Around each power of two the ring grows or wraps.
  for (const count of [0, 1, 2, 4, 5, 6, 9, 1_024, 1_025, 1_026, 5_000]) {
    test(`${count} messages come out in the order they went in`, () => {
      const mailbox = filled(count)
      expect([mailbox.count, mailbox.isEmpty]).toEqual([count, count === 0])
      expect(drained(mailbox)).toEqual(upTo(count))
      expect([mailbox.count, mailbox.isEmpty, mailbox.shift()]).toEqual([0, true, undefined])
    })
  }

  test('an emptied mailbox takes mail again, also after a burst that made it give its ring back', () => {
    const mailbox = filled(3_000)
    drained(mailbox)
    for (let i = 0; i < 10; i++) mailbox.push(letter(i))
    expect(drained(mailbox)).toEqual(upTo(10))
  })

  test('order holds while the ring turns round many times', () => {
    const mailbox = filled(3)
    const seen: number[] = []
    for (let i = 3; i < 10_000; i++) {
      mailbox.push(letter(i))
      seen.push(Number(mailbox.shift()?.name))
    }
    expect([...seen, ...drained(mailbox)]).toEqual(upTo(10_000))
  })

  test('the ring keeps its order when it grows after it has turned round', () => {
    const mailbox = filled(5)
    for (let i = 0; i < 3; i++) mailbox.shift()
    for (let i = 5; i < 40; i++) mailbox.push(letter(i))
    expect(drained(mailbox)).toEqual(upTo(40).slice(3))
  })
})

describe('putting back', () => {
  for (const count of [0, 1, 2, 4, 5, 8, 9]) {
    test(`the last put back comes first, in front of ${count} that wait`, () => {
      const mailbox = filled(count, 20)
      for (let i = 19; i >= 0; i--) mailbox.unshift(letter(i))
      expect(mailbox.count).toBe(count + 20)
      expect(drained(mailbox)).toEqual(upTo(count + 20))
    })
  }

  test('mail goes behind what was put back, also when only that is there', () => {
    const mailbox = new Mailbox()
    mailbox.unshift(letter(0))
    mailbox.push(letter(1))
    expect(drained(mailbox)).toEqual([0, 1])
  })

  test('mail goes behind the ring when the slot is free', () => {
    const mailbox = filled(3)
    mailbox.shift()
    mailbox.push(letter(3))
    expect(drained(mailbox)).toEqual([1, 2, 3])
  })
})

describe('looking', () => {
  test('a look shows the first messages in order and takes none', () => {
    const mailbox = filled(6)
    mailbox.shift()
    mailbox.unshift(letter(0))
    expect(mailbox.peek(4).map((mail) => Number(mail.name))).toEqual([0, 1, 2, 3])
    expect(mailbox.peek(100)).toHaveLength(6)
    expect(mailbox.peek(0)).toEqual([])
    expect(drained(mailbox)).toEqual(upTo(6))
  })
})
