import type { CallableModel } from '../../routing/callable-models.js'
import { geminiMethods } from './gemini-call.js'

/** A model as Google's clients read it. */
interface GoogleModel {
  readonly name: string
  readonly displayName: string
  readonly supportedGenerationMethods: readonly string[]
}

/** Converts a model that can be called by Gemini's own API. */
export function googleModel({ id }: Pick<CallableModel, 'id'>): GoogleModel {
  return { name: `models/${id}`, displayName: id, supportedGenerationMethods: geminiMethods }
}
