import { geminiMethods } from './gemini-call.js'

/** A model as Google's clients read it. */
interface GoogleModel {
  readonly name: string
  readonly displayName: string
  readonly supportedGenerationMethods: readonly string[]
}

/** Converts a model that can be called by Gemini's own API. */
export function googleModel({ id }: { readonly id: string }): GoogleModel {
  return { name: `models/${id}`, displayName: id, supportedGenerationMethods: geminiMethods }
}
