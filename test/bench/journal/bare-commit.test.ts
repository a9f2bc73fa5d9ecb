// Tests of the bare group commit and of the bare file: the limit of the suite `journal` keeps what it says it keeps.
import { expect, test } from 'vitest'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { BareCommit } from '../../../bench/journal/bare-commit.ts'
import { BareFile } from '../../../bench/journal/bare-file.ts'
import { keepAll } from '../../../bench/journal/writers.ts'

/** Groups as lists of numbers, each of which is safe when it is told so. */
function groups() {
  const begun: { readonly seqs: number[]; safe: () => void }[] = []
  const commit = new BareCommit(() => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const group = { seqs: [] as number[], safe: resolve }
    return {
      add: (_writer, seq) => void group.seqs.push(seq),
      commit: () => {
        begun.push(group)
        return promise
      },
    }
  })
  return { commit, begun, turn: () => new Promise((resolve) => setImmediate(resolve)) }
}

const body = new Uint8Array(0)

test('all who write in one turn are in one group, and what comes while it is being written is the next one', async () => {
  const { commit, begun, turn } = groups()
  const first = [commit.write(0, 1, body), commit.write(1, 2, body)]
  await turn()
  const second = [commit.write(2, 3, body)]
  begun[0]?.safe()
  await Promise.all(first)
  second.push(commit.write(0, 4, body))
  await turn()
  await turn()
  begun[1]?.safe()
  await Promise.all(second)
  expect(begun.map(({ seqs }) => seqs)).toEqual([
    [1, 2],
    [3, 4],
  ])
})

test('nobody is told before the group is safe', async () => {
  const { commit, begun, turn } = groups()
  let isTold = false
  const write = commit.write(0, 1, body).then(() => (isTold = true))
  await turn()
  await turn()
  expect([begun.length, isTold]).toEqual([1, false])
  begun[0]?.safe()
  await write
  expect(isTold).toBe(true)
})

test('a bare file gives back what was kept, also records that are cut by the end of what is read at once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bare-file-'))
  const file = new BareFile(folder)
  const lengthOf = (writer: number, seq: number) => (writer * 7_919 + seq * 104_729) % 60_000
  await keepAll(10, 20, (writer, seq) =>
    file.commit.write(writer, seq, new Uint8Array(lengthOf(writer, seq))),
  )
  const lastOf = new Map<number, number>()
  const count = file.read((writer, seq, { length }) => {
    expect(seq).toBe((lastOf.get(writer) ?? 0) + 1)
    expect(length).toBe(lengthOf(writer, seq))
    lastOf.set(writer, seq)
  })
  expect(count).toBe(200)
  rmSync(folder, { recursive: true })
})
