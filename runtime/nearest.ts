// A nearest name: which of the known names somebody probably meant.

/** Characters of a name that are compared; a longer one is no slip, and the cost is quadratic. */
const comparedCharactersMax = 64

/**
 * Finds the known name that is nearest to a wrong one, letter case and punctuation aside.
 * @returns undefined when none is near: more than two edits, and more than a third of the longer name, away
 */
export function nearest(wrong: string, known: readonly string[]): string | undefined {
  if (wrong.length > comparedCharactersMax) return undefined
  const letters = plain(wrong)
  let best: string | undefined
  let fewest = Infinity
  for (const name of known) {
    const edits = distance(letters, plain(name))
    const longest = Math.max(letters.length, name.length)
    if (edits < fewest && edits < longest && edits <= Math.max(2, longest / 3)) {
      best = name
      fewest = edits
    }
  }
  return best
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '')
}

// After Levenshtein: insertions, deletions and replacements that turn one word into the other.
function distance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1)
      const shifted = Math.min(previous[column] ?? 0, current[column - 1] ?? 0) + 1
      current.push(Math.min(replaced, shifted))
    }
    previous = current
  }
  return previous[to.length] ?? 0
}
