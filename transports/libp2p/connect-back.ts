// A connect-back: over a relayed connection one node asks the other to dial it directly; whoever is behind a NAT can dial out, and then the relay is not needed.
import { within } from './cancellation.ts'
import { addressCharactersMax, dialAddress, isDirect } from './node-address.ts'
import { thrownError } from './thrown-error.ts'
import type { Connection, Stream } from '@libp2p/interface'
import type { CancelSignal } from '../../runtime/cancel-signal.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { DialTarget, PeerId, Purpose } from '../../runtime/transport.ts'

export const connectBackProtocol = '/troupe/connect-back/1'

/** The addresses that one question names. */
export const backAddressesMax: number = 8
/** A question, in bytes: its addresses and their separators. */
export const questionBytesMax: number = 8_192
/** Questions of one connection at once, and of all of them. */
export const questionsMax: number = 1
export const questionsTogetherMax: number = 64
/** How long the other side may try. */
export const backMsMax: number = 15_000

const no = 0
const yes = 1
const purposes: Readonly<Record<string, Purpose>> = { main: 'main', bulk: 'bulk' }

export interface BackInit {
  readonly clock: Clock
  /** Dials directly, and gives the stream to who listens. */
  dial(target: DialTarget, purpose: Purpose, signal: CancelSignal): Promise<void>
}

/** Answers what others ask. */
export class ConnectBack {
  readonly #init: BackInit
  #count = 0

  constructor(init: BackInit) {
    this.#init = init
  }

  /** Reads one question, tries, and says whether it went well. */
  async answer(stream: Stream, connection: Connection): Promise<void> {
    if (this.#count >= questionsTogetherMax) return stream.abort(new Error('too many questions'))
    this.#count++
    try {
      await within({ clock: this.#init.clock, limitMs: backMsMax }, async (signal) => {
        const question = await readQuestion(stream, signal)
        stream.send(Uint8Array.of(await this.#try(question, connection.remotePeer.toString(), signal)))
        await stream.close({ signal })
      })
    } catch (error) {
      stream.abort(thrownError(error))
    } finally {
      this.#count--
    }
  }

  /** Only whoever asks is dialled: at any other door the certificate is that of somebody else. */
  async #try({ purpose, addresses }: Question, peer: PeerId, signal: AbortSignal): Promise<number> {
    try {
      await this.#init.dial({ peer, addresses }, purpose, signal)
      return yes
    } catch {
      return no
    }
  }
}

export interface Question {
  readonly purpose: Purpose
  readonly addresses: readonly string[]
}

/** Asks; true if the other side has opened a direct stream, which then is `opened` here. */
export async function askBack(stream: Stream, question: Question, signal: AbortSignal): Promise<boolean> {
  const lines = [question.purpose, ...question.addresses.slice(0, backAddressesMax)]
  stream.send(new TextEncoder().encode(lines.join('\n')))
  const answer = readAll(stream, 1, signal)
  await stream.close({ signal })
  return (await answer)[0] === yes
}

async function readQuestion(stream: Stream, signal: AbortSignal): Promise<Question> {
  const text = new TextDecoder().decode(await readAll(stream, questionBytesMax, signal))
  const [first = '', ...addresses] = text.split('\n')
  const purpose = purposes[first]
  if (purpose === undefined || addresses.length === 0 || addresses.length > backAddressesMax) {
    throw new Error('the question is malformed')
  }
  for (const address of addresses) {
    if (address.length > addressCharactersMax || !isDirect(dialAddress(address, undefined))) {
      throw new Error('the question names an address that is not direct')
    }
  }
  return { purpose, addresses }
}

/** All that comes until the other side has closed its end. */
async function readAll(stream: Stream, bytesMax: number, signal: AbortSignal): Promise<Uint8Array> {
  return await new Promise((resolve, reject) => {
    const parts: Uint8Array[] = []
    let bytes = 0
    stream.addEventListener('message', ({ data }) => {
      bytes += data.byteLength
      if (bytes > bytesMax) reject(new Error(`more than ${bytesMax} bytes came`))
      else parts.push(data instanceof Uint8Array ? data.slice() : data.slice())
    })
    stream.addEventListener('remoteCloseWrite', () => resolve(Buffer.concat(parts)))
    stream.addEventListener('close', ({ error }) => reject(error ?? new Error('the stream is closed')))
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}
