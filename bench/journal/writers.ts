// Writers: so many at once, each of which keeps one note after the other and waits for each.

/** Keeps the next note of a writer; resolves when it is safe. */
export type Keep = (writer: number, seq: number) => Promise<unknown>

/** Each of them keeps so many. */
export async function keepAll(writers: number, each: number, keep: Keep): Promise<void> {
  const writer = async (_: unknown, index: number): Promise<void> => {
    for (let seq = 1; seq <= each; seq++) await keep(index, seq)
  }
  await Promise.all(Array.from({ length: writers }, writer))
}

/** The same, and how long each took, in milliseconds. */
export async function keepTimed(writers: number, each: number, keep: Keep): Promise<number[]> {
  const tookMs: number[] = []
  await keepAll(writers, each, async (writer, seq) => {
    const sentMs = performance.now()
    await keep(writer, seq)
    tookMs.push(performance.now() - sentMs)
  })
  return tookMs
}
