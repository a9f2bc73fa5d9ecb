// Evil: fails while it is loaded.
throw new SyntaxError('this file cannot be loaded')

export async function runThread(): Promise<void> {}
