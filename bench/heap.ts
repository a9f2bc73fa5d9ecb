// The heap: what lives in it once all garbage is gone.

/** Bytes in use after a full collection. Needs `--expose-gc`, which the children of a race have. */
export async function heapBytes(): Promise<number> {
  await collect()
  return process.memoryUsage().heapUsed
}

/** Collects twice, with a turn of the event loop between: the first run only queues what has finalizers or weak holders. */
export async function collect(): Promise<void> {
  for (let round = 0; round < 2; round++) {
    if (globalThis.gc === undefined) throw new Error('start Node.js with --expose-gc')
    globalThis.gc()
    await new Promise((resolve) => setImmediate(resolve))
  }
}
