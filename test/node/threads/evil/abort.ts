// Evil: wants to end the process with a core dump.
export async function runThread(): Promise<void> {
  process.abort()
}
