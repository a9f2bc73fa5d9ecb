// Escaping: text from outside made fit to be shown, in one line and no longer than asked for.

/**
 * What may not reach a terminal, a log or a page as it is: controls, format characters such as bidi and zero-width marks, halves of
 * characters, private and unassigned ones, and every separator but the space.
 */
const unprintable = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u
const plain = /^[ -~]*$/

/**
 * Shows text as it is where it is printable, and the rest as `\n`, `\t`, `\r` or `\u{202e}`. What is longer than `max` ends in `…`.
 * For eyes, not for machines: quotes, backslashes and HTML stay, and nothing turns the result back into the text.
 * @param max characters (UTF-16 units) of the result, at least 1
 */
export function escapeText(text: string, max: number): string {
  if (text.length <= max && (plain.test(text) || !unprintable.test(text))) return text
  let all = ''
  let cut = ''
  // No character gets shorter by being escaped, so nothing beyond the first `max` units can be shown.
  for (const character of text.slice(0, max + 1)) {
    all += unprintable.test(character) ? escapeCharacter(character) : character
    if (all.length < max) cut = all
    if (all.length > max) return `${cut}…`
  }
  return all
}

/** One character in ASCII. */
export function escapeCharacter(character: string): string {
  switch (character) {
    case '\n':
      return String.raw`\n`
    case '\r':
      return String.raw`\r`
    case '\t':
      return String.raw`\t`
  }
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}}`
}
