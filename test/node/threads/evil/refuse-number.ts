// Evil: lets a promise fail with what is no error.
export async function runThread(): Promise<void> {
  void Promise.reject(5 as unknown as Error)
}
