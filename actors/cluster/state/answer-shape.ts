// The shape of answers: how they travel to whoever has proposed a command through another node.
import { refusalCodes } from './answer.ts'
import { batchMax } from './command.ts'
import * as field from './field.ts'
import { always, list, maybe, record, text, variants, whole, word } from './shape.ts'
import type * as answers from './answer.ts'
import type { Shape } from './shape.ts'

/** Bytes of what a refusal says. */
const whyBytesMax = 256

const refusal = record<answers.Refusal>({
  type: always('refused'),
  code: word(...refusalCodes),
  why: text(whyBytesMax),
  home: maybe(field.homeSite),
})

const claimResult: Shape<answers.ClaimResult> = variants<answers.ClaimResult>({
  claimed: [1, record<answers.Claimed>({ type: always('claimed'), epoch: whole() })],
  taken: [2, record<answers.Taken>({ type: always('taken'), home: field.homeSite })],
  refused: [3, refusal],
})

export const answerShape: Shape<answers.Answer> = variants<answers.Answer>({
  refused: [1, refusal],
  done: [2, record<answers.Done>({ type: always('done'), view: whole() })],
  joined: [3, record<answers.Joined>({ type: always('joined'), number: whole(), view: whole() })],
  claims: [4, record<answers.Claims>({ type: always('claims'), results: list(claimResult, batchMax) })],
  counted: [5, record<answers.Counted>({ type: always('counted'), count: whole() })],
  rehomed: [6, record<answers.Rehomed>({ type: always('rehomed'), epochs: list(whole(), batchMax) })],
  leased: [7, record<answers.Leased>({ type: always('leased'), epoch: whole() })],
})
