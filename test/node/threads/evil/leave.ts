// Evil: leaves the process, as it thinks.
export async function runThread(): Promise<void> {
  process.exit(3)
}
