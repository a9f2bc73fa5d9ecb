// Tests of proposals: what was decided comes back as an answer, and what nobody knows is no refusal.
import { expect, test } from 'vitest'
import { decodeCommand, encodeAnswer } from '../../../actors/cluster/state/command-codec.ts'
import { Proposals } from '../../../node/cluster/proposals.ts'
import type { Answer } from '../../../actors/cluster/state/answer.ts'
import type { Council } from '../../../actors/cluster/council/council.ts'
import type { Command } from '../../../actors/cluster/state/command.ts'

const drain: Command = { type: 'drain', number: 3 }

function councilOf(answer: Answer | undefined): { proposals: Proposals; heard: (Command | undefined)[] } {
  const heard: (Command | undefined)[] = []
  const council = {
    propose: (bytes: Uint8Array) => {
      heard.push(decodeCommand(bytes))
      const said = answer === undefined ? new Uint8Array(0) : encodeAnswer(answer)
      return Promise.resolve({ index: 1, answer: said, isAnswerLost: answer === undefined })
    },
  }
  return { proposals: new Proposals(() => council as unknown as Council), heard }
}

test('the council hears the command, and its answer is given', async () => {
  const { proposals, heard } = councilOf({ type: 'done', view: 4 })
  expect(await proposals.propose(drain)).toEqual({ type: 'done', view: 4 })
  expect(heard).toEqual([drain])
})

test('a refusal is an answer to whoever proposes, and a fault to whoever orders', async () => {
  const refusal = { type: 'refused', code: 'member-unknown', why: 'there is no member 3' } as const
  const { proposals } = councilOf(refusal)
  expect(await proposals.propose(drain)).toEqual(refusal)
  await expect(proposals.order(drain)).rejects.toMatchObject({ code: 'member-unknown' })
})

test('of an answer that was lost the outcome is unknown, to both', async () => {
  const { proposals } = councilOf(undefined)
  const lost = { code: 'council-unreachable', outcome: 'unknown' }
  await expect(proposals.propose(drain)).rejects.toMatchObject(lost)
  await expect(proposals.order(drain)).rejects.toMatchObject(lost)
})
