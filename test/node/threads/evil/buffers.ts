// Evil: takes memory outside of the heap, and writes to it.
export async function runThread(): Promise<void> {
  const hoard: Uint8Array[] = []
  for (;;) hoard.push(new Uint8Array(4_000_000).fill(1))
}
