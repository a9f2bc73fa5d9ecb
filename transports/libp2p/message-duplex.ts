// A message duplex: a stream of libp2p as Node.js's Duplex, so that TLS can run over it.
import { Duplex } from 'node:stream'
import { thrownError } from './thrown-error.ts'
import type { MessageStream } from '@libp2p/interface'
import type { Clock } from '../../runtime/clock.ts'

/** Bytes below TLS that wait to leave, from which on no more are handed over. */
export const duplexQueueBytesMax: number = 262_144
/** Bytes that came and that TLS has not taken. It takes them at once, so that more means that nobody reads. */
export const duplexUnreadBytesMax: number = 4_194_304

/**
 * It waits for `idle` alone: `drain` comes for all streams of a connection, also for one whose own window is used up, and a queue that goes
 * by it grows without end. Nothing is ever paused: a paused stream can be reset.
 */
export function messageDuplex(stream: MessageStream, clock: Clock): Duplex {
  const lowest = lowestOf(stream)
  const isFree = (): boolean =>
    stream.writeBufferLength === 0 && lowest.writeBufferLength <= duplexQueueBytesMax
  let waiting: ((error?: Error) => void) | undefined
  const goOn = (): void => {
    if (waiting === undefined || !isFree()) return
    const done = waiting
    waiting = undefined
    done()
  }
  const send = (bytes: Uint8Array, done: (error?: Error) => void): void => {
    try {
      stream.send(bytes)
    } catch (error) {
      done(thrownError(error))
      return
    }
    waiting = done
    goOn()
  }
  const duplex = new Duplex({
    write: (chunk: Uint8Array, _encoding, done) => send(chunk, done),
    writev: (chunks, done) => send(joined(chunks.map(({ chunk }) => chunk as Uint8Array)), done),
    read: () => undefined,
    final: (done) => void closed(stream, done),
  })
  // What is sent within the event stays in the queue.
  const onIdle = (): void => clock.soon(goOn)
  stream.addEventListener('idle', onIdle)
  lowest.addEventListener('idle', onIdle)
  stream.addEventListener('message', ({ data }) => {
    for (const bytes of data instanceof Uint8Array ? [data] : data) duplex.push(bytes)
    if (duplex.readableLength > duplexUnreadBytesMax) duplex.destroy(new Error('nobody reads what comes'))
  })
  stream.addEventListener('remoteCloseWrite', () => duplex.push(null))
  stream.addEventListener('close', ({ error }) => {
    lowest.removeEventListener('idle', onIdle)
    duplex.destroy(error)
  })
  return duplex
}

/** A relayed connection is a stream over a stream, and the bytes queue in the lowest one. */
function lowestOf(stream: MessageStream): MessageStream {
  const { stream: below } = stream as { readonly stream?: MessageStream }
  return below === undefined ? stream : lowestOf(below)
}

async function closed(stream: MessageStream, done: (error?: Error) => void): Promise<void> {
  try {
    await stream.close()
  } catch (error) {
    done(thrownError(error))
    return
  }
  done()
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts)
}
