// A quantity: a measured value with its unit, written for people.
import type { Goal } from './goal.ts'
import type { Unit } from './suite.ts'

/** Three digits that matter: `18.2 M/s`, `0.54 ms`, `392 B`. */
export function quantity(value: number, unit: Unit): string {
  if (unit === '/s' && value >= 1e6) return `${digits(value / 1e6)} M/s`
  if (unit === '/s' && value >= 1e3) return `${digits(value / 1e3)} k/s`
  return unit === '/s' ? `${digits(value)} /s` : `${digits(value)} ${unit}`
}

/** A goal as one phrase; empty if there is none. */
export function goalText(goal: Goal, unit: Unit): string {
  const parts: string[] = []
  if (goal.min !== undefined) parts.push(`≥ ${quantity(goal.min, unit)}`)
  if (goal.max !== undefined) parts.push(`≤ ${quantity(goal.max, unit)}`)
  if (goal.minOfLimit !== undefined) parts.push(`≥ ${goal.minOfLimit * 100} % of limit`)
  return parts.join(', ')
}

function digits(value: number): string {
  if (value >= 100 || value === 0) return Math.round(value).toLocaleString('en')
  // Trailing zeros of a measured value say something; those of a goal such as 15.0 would not.
  return Number.isInteger(value) ? String(value) : value.toPrecision(3)
}
