// Evil: keeps it all in one table, which doubles in one piece.
export async function runThread(): Promise<void> {
  const hoard = new Map<number, number>()
  for (;;) hoard.set(hoard.size, hoard.size)
}
