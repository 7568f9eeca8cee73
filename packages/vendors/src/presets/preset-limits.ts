import { freeTiers } from './free-tiers.js'
import { groqFree } from './groq-free.js'
import type { Preset } from './preset.js'

const presets: readonly Preset[] = [groqFree, ...freeTiers]
const byName: ReadonlyMap<string, Preset> = new Map(presets.map(preset => [preset.name, preset]))

/** The names of all presets: `groq/free`, `cohere/trial`. */
export const presetNames: readonly string[] = presets.map(preset => preset.name)

/** The limits of a vendor's tier, with their source and look-up day; undefined for unknown names. */
export function presetLimits(name: string): Preset | undefined {
  return byName.get(name)
}
