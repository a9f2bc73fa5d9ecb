// A parent: the process that has started this one, as an entry sees it.

/** What the parent sends first. This process ends with its parent. */
export async function inputOf<T>(): Promise<T> {
  process.once('disconnect', () => process.exit())
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  // The parent gives each entry what it is for.
  const input = new Promise<T>((resolve) => process.once('message', (message) => resolve(message as T)))
  tell('listening')
  return await input
}

export function tell(message: unknown): void {
  process.send?.(message)
}
