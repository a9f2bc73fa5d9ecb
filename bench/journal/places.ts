// Places: so many jobs under way at once, and the next one begins when one has ended.

/** Does each of the jobs from 0 to before `count` once. */
export async function inPlaces(
  places: number,
  count: number,
  job: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0
  const place = async (): Promise<void> => {
    while (next < count) await job(next++)
  }
  await Promise.all(Array.from({ length: places }, place))
}
