// A record batch: records, or appends, on their way between two threads: few large pieces instead of many small ones.
import { invariant } from '../../runtime/invariant.ts'
import type { Append, JournalRecord, RecordKind } from '../../runtime/journal.ts'

/** Bytes that one record takes besides its body, at least; what a bound of bytes counts for it. */
export const recordOverheadBytes = 128

/** Plain data: bytes cost a copy on their way, while each value would be looked at. */
export interface RecordBatch {
  /** The bodies, one behind the other. */
  readonly slab: Uint8Array
  /** Eight for each record, NaN for what is undefined. */
  readonly numbers: Float64Array
  /** One for each record, or one for all; no path has a space. */
  readonly ids: string
  /** Of each record; null where none has any. */
  readonly tags: readonly (readonly string[])[] | null
}

type Loaded = Append | JournalRecord

const numbersEach = 8
const kinds: readonly RecordKind[] = ['commit', 'whole', 'snapshot', 'end']
const firstBytes = 4_096

/** Gathers records. What is added is copied. */
export class BatchBuilder {
  #slab = new Uint8Array(firstBytes)
  #slabBytes = 0
  readonly #numbers: number[] = []
  readonly #ids: string[] = []
  #tags: (readonly string[])[] | undefined = undefined
  #hasOneId = true
  #bytes = 0

  get count(): number {
    return this.#ids.length
  }

  /** About what it takes. */
  get bytes(): number {
    return this.#bytes
  }

  add(record: Loaded): void {
    const { id, epoch, seq, kind, atMs, tags, body } = record
    const { position, keepFrom, wakeMs } = record as Partial<Append & JournalRecord>
    if (tags.length > 0 || this.#tags !== undefined) {
      this.#tags ??= this.#ids.map(() => [])
      this.#tags.push([...tags])
    }
    this.#hasOneId &&= this.#ids.length === 0 || this.#ids[0] === id
    this.#ids.push(id)
    const last = [keepFrom ?? Number.NaN, wakeMs ?? Number.NaN] as const
    this.#numbers.push(position ?? 0, epoch, seq, kinds.indexOf(kind), atMs, body.byteLength, ...last)
    this.#load(body)
    this.#bytes += body.byteLength + recordOverheadBytes
  }

  /** What was gathered; nothing may be added after it. */
  take(): RecordBatch {
    const [first = ''] = this.#ids
    return {
      slab: this.#slab.subarray(0, this.#slabBytes),
      numbers: new Float64Array(this.#numbers),
      ids: this.#hasOneId ? first : this.#ids.join(' '),
      tags: this.#tags ?? null,
    }
  }

  #load(body: Uint8Array): void {
    const end = this.#slabBytes + body.byteLength
    if (end > this.#slab.byteLength) {
      const larger = new Uint8Array(Math.max(end, this.#slab.byteLength * 2))
      larger.set(this.#slab.subarray(0, this.#slabBytes))
      this.#slab = larger
    }
    this.#slab.set(body, this.#slabBytes)
    this.#slabBytes = end
  }
}

/** The appends of a batch; their bodies lie in its slab. */
export function appendsOf(batch: RecordBatch): Append[] {
  return unload(batch, (common, number) => ({
    ...common,
    keepFrom: given(number(6)),
    wakeMs: given(number(7)),
  }))
}

/** The records of a batch; their bodies lie in its slab, which nobody else has. */
export function recordsOf(batch: RecordBatch): JournalRecord[] {
  return unload(batch, (common, number) => ({ ...common, position: number(0) }))
}

function unload<T>(
  { slab, numbers, ids, tags }: RecordBatch,
  make: (common: Omit<JournalRecord, 'position'>, number: (field: number) => number) => T,
): T[] {
  const names = ids.split(' ')
  const records: T[] = []
  let offset = 0
  for (let index = 0; index * numbersEach < numbers.length; index++) {
    const number = (field: number): number => numbers[index * numbersEach + field] ?? Number.NaN
    const common = {
      id: names[index] ?? names[0] ?? '',
      epoch: number(1),
      seq: number(2),
      kind: kinds[number(3)] ?? 'commit',
      atMs: number(4),
      tags: tags?.[index] ?? [],
      body: slab.subarray(offset, offset + number(5)),
    }
    offset += number(5)
    records.push(make(common, number))
  }
  invariant(offset === slab.byteLength, 'A batch of records has more bytes than its records')
  return records
}

function given(number: number): number | undefined {
  return Number.isNaN(number) ? undefined : number
}
