// A thrown error: whatever was thrown as the Error that libp2p's `abort` wants.

export function thrownError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
