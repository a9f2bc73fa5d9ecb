// Ballast: state of a given size, plain data as an account has it, for actors that are to be moved.

export interface Entry {
  readonly id: number
  readonly from: string
  readonly cents: number
  readonly note: string
}

/** Entries whose JSON has at least so many bytes, and hardly more. */
export function ballast(bytes: number): Entry[] {
  const entries: Entry[] = []
  for (let left = bytes; left > 0; left -= JSON.stringify(entries.at(-1)).length + 1) {
    const id = 100_000 + entries.length
    entries.push({ id, from: 'bank/ada', cents: 1_999, note: 'rent for november' })
  }
  return entries
}
