import { measureWords } from '@quotakeeper/quota-core/rules'
import type { Preset, PresetLimit } from './preset.js'

/** The limits of some models, in words. */
export interface PresetLine {
  /** `all models`, `*:free together`, `llama-*, each model`. */
  readonly models: string
  /** `30 requests a minute, 14,400 requests a day`. */
  readonly limits: string
}

/** A preset in words, one line for each group of models, in its order. */
export function presetLines({ limits }: Pick<Preset, 'limits'>): readonly PresetLine[] {
  const groups = new Map<string, string[]>()
  for (const limit of limits) {
    const models = modelsOf(limit)
    groups.set(models, [...(groups.get(models) ?? []), limitWords(limit)])
  }
  return [...groups].map(([models, words]) => ({ models, limits: words.join(', ') }))
}

function modelsOf({ model = '*', per }: PresetLimit): string {
  if (per === 'model')
    return model === '*' ? 'each model' : model.includes('*') ? `${model}, each model` : model
  if (model === '*') return 'all models'
  return model.includes('*') ? `${model} together` : model
}

function limitWords({ metric, window, max }: PresetLimit): string {
  const measure = measureWords({ metric, window })
  if (metric !== 'cost')
    return `${max.toLocaleString('en')} ${max === 1 ? measure.replace(/^requests/, 'request') : measure}`
  return `$${(max / 1_000_000).toFixed(2)} ${measure.replace(/^cost /, '')}`
}
