// Evil: takes memory in pieces of many megabytes.
export async function runThread(): Promise<void> {
  const piece = Array.from({ length: 10_000_000 }, () => 0)
  const hoard: number[][] = []
  for (;;) hoard.push(piece.slice())
}
