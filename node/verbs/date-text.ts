// The text of a date: a time of the journal in UTC.

/** `2026-01-01T00:00:00.000Z`; a clock that was far off gives milliseconds. */
export function dateText(ms: number): string {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString()
}
