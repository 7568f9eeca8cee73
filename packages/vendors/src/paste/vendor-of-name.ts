import { vendorFacts, vendorNames } from '../known-vendors.js'

/** Names of vendors in other programs. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ['google', 'gemini'],
  ['googleai', 'gemini'],
  ['hf', 'huggingface'],
  ['github', 'github-models'],
  ['claude', 'anthropic'],
  ['togetherai', 'together'],
  ['grok', 'xai'],
])

/** The vendor of a name such as `Groq`, `google` or `github_models`; null for none. */
export function vendorOfName(name: string): string | null {
  const plain = name.trim().toLowerCase().replaceAll('_', '-')
  if (vendorNames.includes(plain)) return plain
  return otherNames.get(plain) ?? otherNames.get(plain.replaceAll('-', '')) ?? null
}

/** The vendor of a variable such as `GROQ_API_KEY_2`, and what follows its usual name; null for none. */
export function vendorOfVariable(
  variable: string,
): { readonly vendor: string; readonly rest: string } | null {
  const name = variable.toUpperCase()
  for (const vendor of vendorNames)
    for (const usual of vendorFacts(vendor)?.apiKeyEnv ?? [])
      if (name === usual || (name.startsWith(usual) && /^[_\d]/.test(name.slice(usual.length))))
        return { vendor, rest: name.slice(usual.length).replace(/^_/, '') }
  const [, prefix = '', rest = ''] = /^(.+?)_(?:API_?KEYS?|KEYS?|TOKENS?)_?(.*)$/.exec(name) ?? []
  const vendor = vendorOfName(prefix)
  return vendor === null ? null : { vendor, rest }
}
