// A page of the documentation: a Markdown file and the fenced blocks that it holds.

/** A fenced block. */
export interface Block {
  /** Where its fence opens, as `docs/faults.md:12`. */
  readonly place: string
  /** The first word after the fence. */
  readonly language: string
  /** The rest of that line: `no-run needs two machines`, `exit 2`. */
  readonly note: string
  readonly lines: readonly string[]
  /** The lines of a `text` block that follows it with only blank lines between. */
  readonly shows: readonly string[] | undefined
}

const opening = /^( *)```(\S*) *(.*)$/

/** Languages under which code would escape the run. */
const aliases = ['typescript', 'tsx', 'js', 'javascript', 'mjs', 'bash', 'shell', 'zsh', 'console']

/** @throws if a fence is not closed */
export function blocksOf(path: string, text: string): Block[] {
  const blocks: Block[] = []
  const lines = text.split('\n')
  for (let index = 0; index < lines.length; index++) {
    const fence = opening.exec(lines[index]!)
    if (fence === null) continue
    const [, indent, language, note] = fence as unknown as [string, string, string, string]
    const end = lines.indexOf(`${indent}\`\`\``, index + 1)
    if (end < 0) throw new Error(`${path}:${index + 1}: a fence is not closed`)
    const inner = lines
      .slice(index + 1, end)
      .map((line) => line.slice(Math.min(indent.length, indentOf(line))))
    blocks.push({
      place: `${path}:${index + 1}`,
      language,
      note,
      lines: inner,
      shows: shownAfter(lines, end),
    })
    index = end
  }
  return blocks
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length
}

function shownAfter(lines: readonly string[], end: number): string[] | undefined {
  const next = lines.findIndex((line, index) => index > end && line.trim() !== '')
  if (next < 0 || lines[next]!.trim() !== '```text') return undefined
  const close = lines.findIndex((line, index) => index > next && line.trim() === '```')
  return lines.slice(next + 1, close).map((line) => line.slice(indentOf(lines[next]!)))
}

/** Whether a block of code is only shown. */
export function isShownOnly({ note }: Block): boolean {
  return /^no-run\b/.test(note)
}

/** What is wrong with how a block is marked. */
export function flawOf({ place, language, note }: Block): string[] {
  if (aliases.includes(language)) return [`${place}: call it \`ts\` or \`sh\`, or it does not run`]
  if (language !== 'ts' && language !== 'sh') return []
  if (note === 'no-run') return [`${place}: \`no-run\` gives no reason`]
  const isKnown = note === '' || note.startsWith('no-run ') || (language === 'sh' && /^exit \d+$/.test(note))
  return isKnown ? [] : [`${place}: "${note}" means nothing`]
}
