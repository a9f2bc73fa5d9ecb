// The naive link: each message is posted by itself, as a program does that has nothing but worker threads.
import type { MessagePort } from 'node:worker_threads'
import type { Hear, Link } from './link.ts'

interface Posted {
  readonly to: number
  readonly kind: number
  readonly payload: unknown
}

export class PortLink implements Link {
  readonly #port: MessagePort

  constructor(port: MessagePort) {
    this.#port = port
  }

  tell(to: number, kind: number, payload: unknown): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    this.#port.postMessage({ to, kind, payload } satisfies Posted)
  }

  listen(hear: Hear): void {
    // The other end posts nothing else.
    this.#port.on('message', ({ to, kind, payload }: Posted) => hear(to, kind, payload))
  }
}
