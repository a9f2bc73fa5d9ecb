// A quantity: a measured value with its unit, written for people.
import { sharesIn } from './goal.ts'
import type { Goal } from './goal.ts'
import type { Unit } from './suite.ts'

const MiB = 2 ** 20

/** Three digits that matter: `18.2 M/s`, `0.543 ms`, `392 B`, `8.50 MiB`, `1.93`. */
export function quantity(value: number, unit: Unit): string {
  return written(value, unit, threeDigits)
}

/** A goal as one phrase; empty if there is none. */
export function goalText(goal: Goal, unit: Unit): string {
  const parts: string[] = []
  if (goal.min !== undefined) parts.push(`≥ ${written(goal.min, unit, asGiven)}`)
  if (goal.max !== undefined) parts.push(`≤ ${written(goal.max, unit, asGiven)}`)
  for (const [rival, share] of sharesIn(goal.minOf)) parts.push(`≥ ${share * 100} % of ${rival}`)
  for (const [rival, share] of sharesIn(goal.maxOf)) parts.push(`≤ ${share} × ${rival}`)
  return parts.join(', ')
}

function written(value: number, unit: Unit, digits: (value: number) => string): string {
  if (unit === 'ratio') return digits(value)
  if (unit === 'B' && value >= MiB) return `${digits(value / MiB)} MiB`
  if (unit !== '/s') return `${digits(value)} ${unit}`
  if (value >= 1e6) return `${digits(value / 1e6)} M/s`
  return value >= 1e3 ? `${digits(value / 1e3)} k/s` : `${digits(value)} /s`
}

function threeDigits(value: number): string {
  return value >= 100 || value === 0 ? asGiven(Math.round(value)) : value.toPrecision(3)
}

function asGiven(value: number): string {
  return value.toLocaleString('en')
}
