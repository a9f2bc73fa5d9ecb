// Properties of the mailbox: whatever is done to it, it is a list with a front and an end.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Envelope } from '../../runtime/envelope.ts'
import { Mailbox } from '../../runtime/mailbox.ts'

const nobody = { path: 'nobody' }

type Step = { readonly act: 'push' | 'shift' | 'unshift'; readonly times: number }

const steps = fc.array(
  fc.record<Step>({
    act: fc.constantFrom('push', 'push', 'shift', 'shift', 'unshift'),
    times: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 1, max: 9 }) },
      fc.integer({ min: 1, max: 1_500 }),
    ),
  }),
  { maxLength: 40 },
)

test('a mailbox does as a list does, for any sequence of pushes, shifts and unshifts', () => {
  fc.assert(
    fc.property(steps, (script) => {
      const mailbox = new Mailbox()
      const model: Envelope[] = []
      let sequence = 0
      for (const { act, times } of script) {
        for (let i = 0; i < times; i++) {
          if (act === 'shift') {
            expect(mailbox.shift()).toBe(model.shift())
            continue
          }
          const envelope = new Envelope(nobody, String(sequence++), undefined, undefined, undefined)
          mailbox[act](envelope)
          model[act](envelope)
        }
        expect(mailbox.count).toBe(model.length)
        expect(mailbox.isEmpty).toBe(model.length === 0)
        expect(mailbox.peek(5)).toEqual(model.slice(0, 5))
      }
      for (const envelope of model) expect(mailbox.shift()).toBe(envelope)
    }),
    { numRuns: 200 },
  )
})
