// The text of a size: as long as a glance takes.

const units = ['KiB', 'MiB', 'GiB'] as const

/** `120 bytes`, `1.5 KiB`, `32 MiB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1_024) return `${bytes} byte${bytes === 1 ? '' : 's'}`
  let size = bytes / 1_024
  let unit = 0
  while (size >= 1_024 && unit < units.length - 1) {
    size /= 1_024
    unit++
  }
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${units[unit] ?? ''}`
}
