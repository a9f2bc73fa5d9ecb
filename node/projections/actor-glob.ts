// A glob of actors: a path in which `*` stands for any characters of one segment and `**` for any segments.

/** Says for which paths a glob stands. Costs at most the product of both lengths, whatever the glob. */
export function actorGlob(glob: string): (path: string) => boolean {
  if (!glob.includes('*')) return (path) => path === glob
  const wanted = glob.split('/')
  return (path) => fits(wanted, path.split('/'), { any: '**', isSame: segmentFits })
}

function segmentFits(wanted: string, segment: string): boolean {
  if (!wanted.includes('*')) return wanted === segment
  return fits(wanted, segment, { any: '*', isSame: (a, b) => a === b })
}

interface Rule {
  /** The element that stands for any number of others, also none. */
  readonly any: string
  readonly isSame: (wanted: string, given: string) => boolean
}

/** Only the last `any` is ever tried again: what lies before it fits already, and no longer run of an earlier one could do more. */
function fits(wanted: ArrayLike<string>, given: ArrayLike<string>, { any, isSame }: Rule): boolean {
  let at = 0
  let afterAny = -1
  let retryFrom = 0
  for (let index = 0; index < given.length;) {
    const element = wanted[at]
    if (element === any) {
      afterAny = ++at
      retryFrom = index
    } else if (element !== undefined && isSame(element, given[index] ?? '')) {
      at++
      index++
    } else {
      if (afterAny < 0) return false
      at = afterAny
      index = ++retryFrom
    }
  }
  while (wanted[at] === any) at++
  return at === wanted.length
}
