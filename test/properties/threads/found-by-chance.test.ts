// Tests of programs that were found by chance and once broke a promise between threads.
import { expect, test } from 'vitest'
import { found } from './found.ts'
import { judge } from './judge.ts'
import { Tour } from './tour.ts'
import type { Job, Send } from './mobile.ts'
import type { Step } from './program.ts'

function jobOf(words: readonly string[]): Job {
  const [act = '', more = ''] = words
  if (act === 'tell' || act === 'ask' || act === 'offer') return sendOf(words)
  const plain = { act, behaviour: more, times: Number(more), ms: Number(more), target: more }
  // The words are those of this file.
  return plain as unknown as Job
}

function sendOf([how, name, target = '', ms, ...job]: readonly string[]): Send {
  const words = { how, name } as Pick<Send, 'how' | 'name'>
  return { act: 'send', ...words, target, timeoutMs: Number(ms), job: jobOf(job) }
}

function stepOf(line: string): Step {
  const words = line.split(' ')
  const [act = '', more = '', slot] = words
  if (act === 'tell' || act === 'ask' || act === 'offer') return sendOf(words)
  const number = Number(act === 'move' ? slot : more)
  return { act, target: more, slot: number, ms: number } as unknown as Step
}

test.each(found.map((one) => [one.name, one] as const))('%s', async (_name, { world, steps }) => {
  const lines = steps.split('\n').map((line) => line.trim())
  const tour = new Tour({ ...world, dooms: [], steps: lines.filter((line) => line !== '').map(stepOf) })
  await tour.run()
  expect(await judge(tour)).toEqual([])
})
