import type { Paint } from './paint.js'
import { stripControls } from './text-width.js'

/** A line for each fact: its name, then its value. */
export function factLines(facts: readonly (readonly [string, string])[], paint: Paint): readonly string[] {
  const width = 2 + Math.max(...facts.map(([name]) => name.length))
  return facts.map(([name, value]) => `${paint('dim', name.padEnd(width))}${stripControls(value)}`)
}
