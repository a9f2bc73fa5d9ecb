// A quantile: the value below which a given share of the measured ones lie.

/**
 * Between two neighbours it takes the straight line.
 * @param values in any order, at least one
 * @param share 0 for the least, 0.5 for the median, 1 for the greatest
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const position = (sorted.length - 1) * share
  const below = sorted[Math.floor(position)]
  const above = sorted[Math.ceil(position)]
  if (below === undefined || above === undefined)
    throw new RangeError('a quantile needs a value and a share of 0 to 1')
  return below + (above - below) * (position - Math.floor(position))
}

/** The value in the middle: what a noisy neighbour moves least. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}
