// Lines: a stream of bytes cut into lines, none of them longer than a console reads.
import { lineCharactersMax } from './tokens.ts'

/**
 * Yields each line as soon as its end has come; LF and CRLF both end one, and a byte order mark is no part of the first. Of a line that is
 * too long only so much is kept that whoever reads it sees that it is.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let pending = ''
  for await (const chunk of chunks) {
    const parts = (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })).split('\n')
    const last = parts.pop() ?? ''
    for (const part of parts) {
      yield ended(kept(pending, part))
      pending = ''
    }
    pending = kept(pending, last)
  }
  pending = kept(pending, decoder.decode())
  if (pending !== '') yield ended(pending)
}

function kept(pending: string, more: string): string {
  const room = lineCharactersMax + 2 - pending.length
  return more.length <= room ? pending + more : pending + more.slice(0, Math.max(0, room))
}

function ended(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}
