// Evil: lets a promise fail that nobody awaits.
export async function runThread(): Promise<void> {
  void Promise.reject(new TypeError('nobody awaits this'))
}
