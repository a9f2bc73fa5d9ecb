// Pairs: names and what they are, one below the other.
import type { Style } from './style.ts'

/** Lines such as `status    ● running`; empty values are left out. Values may be painted. */
export function pairLines(
  pairs: readonly (readonly [name: string, value: string])[],
  style: Style,
): string[] {
  const shown = pairs.filter(([, value]) => value !== '')
  const width = Math.max(0, ...shown.map(([name]) => name.length))
  return shown.map(([name, value]) => {
    const [first = '', ...more] = value.split('\n')
    const indent = ' '.repeat(width + 2)
    return [
      `${style.paint('faint', name.padEnd(width))}  ${first}`,
      ...more.map((line) => `${indent}${line}`),
    ].join('\n')
  })
}
