// A verdict: the first byte from the side that was dialled, so that who was refused hears so. TLS 1.3 lets a client begin before its certificate was judged.
import { Fault } from '../../runtime/fault.ts'
import type { TLSSocket } from 'node:tls'

/** What a verdict can be. The reason goes to whoever has shown a certificate or none; it says nothing that they do not know. */
export type Verdict = 'welcome' | 'refused' | 'full'

const bytes: Readonly<Record<Verdict, number>> = { welcome: 1, refused: 2, full: 3 }

export function giveVerdict(socket: TLSSocket, verdict: Verdict): void {
  const byte = Uint8Array.of(bytes[verdict])
  if (verdict === 'welcome') {
    socket.write(byte)
    return
  }
  socket.write(byte)
  socket.destroySoon()
}

/**
 * Waits for it.
 * @throws {Fault} `peer-refused`
 */
export async function awaitVerdict(socket: TLSSocket, signal: AbortSignal): Promise<void> {
  const byte = await firstByte(socket, signal)
  if (byte === bytes.welcome) return
  const how =
    byte === bytes.full
      ? 'it has as many connections of this node as it takes'
      : 'it does not accept the certificate of this node'
  throw new Fault('peer-refused', `Cannot connect to the node at ${socket.remoteAddress}: ${how}`, {
    hint: 'Look at the refusals on that node, and renew the certificate of this one or let it join anew.',
  })
}

async function firstByte(socket: TLSSocket, signal: AbortSignal): Promise<number | undefined> {
  return await new Promise((resolve, reject) => {
    const done = (end: () => void): void => {
      socket.off('readable', onReadable)
      socket.off('error', onError)
      socket.off('close', onClose)
      signal.removeEventListener('abort', onAbort)
      end()
    }
    const onReadable = (): void => {
      const read = socket.read(1) as Uint8Array | null
      if (read !== null) done(() => resolve(read[0]))
    }
    const onError = (error: Error): void => done(() => reject(error))
    const onClose = (): void => done(() => reject(new Error('the other side closed the connection')))
    const onAbort = (): void => done(() => reject(signal.reason as Error))
    socket.on('readable', onReadable)
    socket.on('error', onError)
    socket.on('close', onClose)
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    else onReadable()
  })
}
