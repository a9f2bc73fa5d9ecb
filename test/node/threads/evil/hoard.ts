// Evil: keeps whatever it can get.
export async function runThread(): Promise<void> {
  const hoard: number[][] = []
  for (;;) hoard.push(Array.from({ length: 1_000 }, () => hoard.length))
}
