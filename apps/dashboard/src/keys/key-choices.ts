import { presetLimits, presetNames, vendorFacts, vendorNames } from '@quotakeeper/vendors'
import { freePresetOf } from '@quotakeeper/vendors/paste'
import type { Translate } from '../texts/translate.js'

/** The names of vendors whose service runs, with their display names, by display name; `custom` last. */
export const vendorChoices: readonly { readonly name: string; readonly title: string }[] = vendorNames
  .filter(name => vendorFacts(name)?.retiredOn === null)
  .map(name => ({ name, title: titleOf(name) }))
  .toSorted((left, right) =>
    left.name === 'custom' ? 1 : right.name === 'custom' ? -1 : left.title.localeCompare(right.title, 'en'),
  )

export function titleOf(vendor: string): string {
  return vendorFacts(vendor)?.title ?? vendor
}

/** Whether every user of the vendor has an address of their own. */
export function needsAddress(vendor: string): boolean {
  return (vendorFacts(vendor)?.chatBaseUrl ?? null) === null
}

/** The presets of a vendor that can be used, its free tier first. */
export function presetsOf(vendor: string): readonly string[] {
  const free = freePresetOf(vendor)
  // One without the free tier's preset has none that works without prices.
  return free === null
    ? []
    : [free, ...presetNames.filter(name => name.startsWith(`${vendor}/`) && name !== free)]
}

/** `6 limits, as known on 2026-11-20`: where a preset's figures are from. */
export function presetText(t: Translate, name: string): string {
  const preset = presetLimits(name)
  if (preset === undefined) return ''
  const { limits, sources } = preset
  const day = sources[0]?.lookedUpOn ?? t('addKey.unknownDay')
  return t('addKey.preset', { count: limits.length, day })
}

/** The first free name: `groq_1`, `groq_2`, … */
export function freeName(vendor: string, taken: ReadonlySet<string>): string {
  let number = 1
  while (taken.has(`${vendor}_${number}`)) number++
  return `${vendor}_${number}`
}
