// A wire's port: wakes the other thread, tells it of space, and carries the frames that are too large for a ring.
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import { recordWords } from '../../runtime/wire.ts'
import type { MessagePort } from 'node:worker_threads'
import type { Frame } from '../../runtime/wire.ts'

/** As it goes to another thread: in the message and in its list of what is transferred. */
export type PortHandle = MessagePort

/** Hears what the other end says. */
export interface PortListener {
  /** There is something to read. */
  woken(): void
  /** There is room to write. */
  space(): void
  /** The other end is closed, or its thread has ended. */
  closed(): void
}

const wakeWord = 0
const spaceWord = 1

/** Words of all records, body, attachments. */
type Parcel = readonly [Int32Array, Uint8Array, ArrayBuffer[]]

export function newPorts(): [PortHandle, PortHandle] {
  const { port1, port2 } = new MessageChannel()
  return [port1, port2]
}

/** It never keeps a process or a thread alive. */
export class WirePort {
  readonly #port: MessagePort
  readonly #listener: PortListener
  /** Frames that the event loop brought before their place in the ring was read. */
  readonly #early: unknown[] = []

  constructor(port: PortHandle, listener: PortListener) {
    this.#port = port
    this.#listener = listener
    port.on('message', (message: unknown) => this.#hear(message))
    port.on('close', () => listener.closed())
    port.unref()
  }

  wake(): void {
    this.#say(wakeWord)
  }

  tellSpace(): void {
    this.#say(spaceWord)
  }

  /** Copies the words and the body, and takes the attachments away. */
  post(frame: Frame): void {
    const words = frame.words.slice(0, frame.count * recordWords)
    const body = new Uint8Array(frame.body)
    const parcel: Parcel = [words, body, [...frame.attachments]]
    this.#port.postMessage(parcel, [words.buffer, body.buffer, ...frame.attachments])
  }

  /** The frame that is next; it was posted before its place could be read, so it is there. Undefined if not, or if it is no frame. */
  takeFrame(count: number): Frame | undefined {
    const parcel = this.#take()
    if (!isParcel(parcel)) return undefined
    const [words, body, attachments] = parcel
    return words.length === count * recordWords ? { words, count, body, attachments } : undefined
  }

  close(): void {
    this.#port.close()
  }

  #say(word: number): void {
    // A port between threads has no origin.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    this.#port.postMessage(word)
  }

  #hear(message: unknown): void {
    if (message === wakeWord) this.#listener.woken()
    else if (message === spaceWord) this.#listener.space()
    else this.#early.push(message)
  }

  #take(): unknown {
    if (this.#early.length > 0) return this.#early.shift()
    for (;;) {
      const received = receiveMessageOnPort(this.#port)
      if (received === undefined) return undefined
      // Being awake, it need not be woken.
      if (received.message === spaceWord) this.#listener.space()
      else if (received.message !== wakeWord) return received.message
    }
  }
}

function isParcel(message: unknown): message is Parcel {
  if (!Array.isArray(message)) return false
  const [words, body, attachments] = message as unknown[]
  return words instanceof Int32Array && body instanceof Uint8Array && Array.isArray(attachments)
}
