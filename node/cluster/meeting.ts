// A meeting: two nodes that may not have spoken before tell each other which process they are, on a stream of its own.
import { Fault } from '../../runtime/fault.ts'
import type { Alarm, Clock } from '../../runtime/clock.ts'
import type { PeerStream } from '../../runtime/transport.ts'

/** Bytes of one card. */
export const cardBytesMax = 2_048
/** How long the other side's card may take, in milliseconds. */
export const meetingMsMax = 5_000
/** Cards are known by these first bytes, "meet" and a version. */
const mark = 'meet1'

/** Which process of a node somebody is. */
export interface Card {
  /** Random for each process. */
  readonly uid: string
  /** The node's name. */
  readonly name: string
  /** What the node calls its cluster. */
  readonly cluster: string
}

const uidPattern = /^[0-9a-f]{32}$/

/** Whether what a stream for the foyer begins with is a card. */
export function isCard(bytes: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(bytes.subarray(0, mark.length)) === mark
}

/** Gives one's own card and waits for the other one's. @throws {Fault} `peer-unreachable` `peer-refused` */
export function meet(stream: PeerStream, own: Card, clock: Clock): Promise<Card> {
  return new Promise((resolve, reject) => {
    let bytes = new Uint8Array(0)
    const fail = (code: string, how: string): void => {
      late.cancel()
      const fault = new Fault(code, `Cannot meet ${stream.peer} at ${stream.address}: ${how}`, {
        hint: 'See whether that node runs the same version, and in the same cluster.',
      })
      // Its end may be told at once, and is not the reason.
      reject(fault)
      stream.abort(fault)
    }
    const late: Alarm = clock.alarm(clock.now() + meetingMsMax, () =>
      fail('peer-unreachable', `no answer within ${meetingMsMax} ms`),
    )
    stream.listen({
      data: (piece) => {
        bytes = joined(bytes, piece)
        const card = bytes.byteLength > cardBytesMax ? 'long' : read(bytes)
        if (card === undefined) return
        if (typeof card === 'string') return fail('peer-refused', 'it gave no card')
        late.cancel()
        if (card.cluster !== own.cluster)
          return fail('peer-refused', `it is of the cluster "${card.cluster}"`)
        resolve(card)
        stream.close()
      },
      drained: () => undefined,
      closed: () => fail('peer-unreachable', 'it hung up'),
    })
    stream.write(written(own))
  })
}

/** Answers whoever has opened a stream to meet this node. */
export function answerMeeting(stream: PeerStream, first: Uint8Array, own: Card): Card | undefined {
  const card = read(first)
  if (card === undefined || typeof card === 'string') {
    const hint = 'See whether that node runs the same version.'
    stream.abort(new Fault('peer-refused', `Cannot meet ${stream.peer}: it gave no card`, { hint }))
    return undefined
  }
  stream.write(written(own))
  stream.close()
  return card.cluster === own.cluster ? card : undefined
}

function written({ uid, name, cluster }: Card): Uint8Array {
  return new TextEncoder().encode(`${mark} ${JSON.stringify({ uid, name, cluster })}\n`)
}

/** Undefined while it is not all there. */
function read(bytes: Uint8Array): Card | 'malformed' | undefined {
  if (bytes.byteLength > cardBytesMax) return 'malformed'
  const end = bytes.indexOf(10)
  if (end < 0) return undefined
  const text = new TextDecoder().decode(bytes.subarray(0, end))
  if (!text.startsWith(`${mark} `)) return 'malformed'
  try {
    const { uid, name, cluster } = Object(JSON.parse(text.slice(mark.length + 1))) as Record<string, unknown>
    if (typeof uid !== 'string' || !uidPattern.test(uid)) return 'malformed'
    if (typeof name !== 'string' || typeof cluster !== 'string') return 'malformed'
    return { uid, name, cluster }
  } catch {
    return 'malformed'
  }
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(one.byteLength + other.byteLength)
  all.set(one)
  all.set(other, one.byteLength)
  return all
}
