/** The methods of a model that are served; each is an endpoint of vendors, too. */
export const geminiMethods = ['generateContent', 'streamGenerateContent', 'countTokens'] as const

type GeminiMethod = (typeof geminiMethods)[number]

/** What a path names. */
export interface GeminiCall {
  readonly model: string
  readonly method: GeminiMethod
}

/** Reads the decoded part of a path behind `/v1beta/models/`, such as `gemini-2.5-flash:countTokens`; null for others. */
export function readGeminiCall(part: string): GeminiCall | null {
  const colon = part.lastIndexOf(':')
  const model = part.slice(0, Math.max(colon, 0))
  const method = geminiMethods.find(name => name === part.slice(colon + 1))
  // The model stands in the vendor's path, too, which must not lead elsewhere.
  const isModel = model.split('/').every(segment => !['', '.', '..'].includes(segment))
  return method !== undefined && isModel ? { model, method } : null
}

/** A vendor's path of a method: `{model}` in its template replaced. */
export function pathOf(template: string, model: string): string {
  const encoded = model.split('/').map(encodeURIComponent).join('/')
  return template.replace('{model}', () => encoded)
}
