// The text of a time: as long as a glance takes.

/** `0.4ms`, `320ms`, `1.2s`, `3m 20s`, `2h 5m`, `4d 3h`. */
export function timeText(ms: number): string {
  if (ms < 10) return `${Math.round(ms * 10) / 10}ms`
  if (ms < 1_000) return `${Math.round(ms)}ms`
  const seconds = ms / 1_000
  if (seconds < 60) return `${Math.floor(seconds * 10) / 10}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}m ${Math.floor(seconds % 60)}s`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours}h ${minutes % 60}m` : `${Math.floor(hours / 24)}d ${hours % 24}h`
}

/** The time of day of an ISO date, in UTC: `12:31:07.204`. */
export function dayTime(iso: string): string {
  return iso.slice(11, 23)
}
