// A cancel signal: what of an AbortSignal is used here; the type of that one is not known everywhere where this package is.

export interface CancelSignal {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}
