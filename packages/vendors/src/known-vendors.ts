import type { Vendor } from './vendor.js'
import type { VendorFacts } from './vendor-facts.js'
import { anthropic } from './vendors/anthropic.js'
import { azure } from './vendors/azure.js'
import { cerebras } from './vendors/cerebras.js'
import { cloudflare } from './vendors/cloudflare.js'
import { cohere } from './vendors/cohere.js'
import { custom } from './vendors/custom.js'
import { deepseek } from './vendors/deepseek.js'
import { gemini } from './vendors/gemini.js'
import { githubModels } from './vendors/github-models.js'
import { groq } from './vendors/groq.js'
import { huggingface } from './vendors/huggingface.js'
import { mistral } from './vendors/mistral.js'
import { openai } from './vendors/openai.js'
import { openrouter } from './vendors/openrouter.js'
import { sambanova } from './vendors/sambanova.js'
import { together } from './vendors/together.js'
import { xai } from './vendors/xai.js'

/** In the order in which keys in the environment become sample providers; new ones before `custom`. */
const vendors: readonly Vendor[] = [
  groq,
  huggingface,
  openai,
  gemini,
  openrouter,
  cerebras,
  mistral,
  anthropic,
  azure,
  sambanova,
  together,
  cohere,
  cloudflare,
  deepseek,
  xai,
  githubModels,
  custom,
]
const byName: ReadonlyMap<string, Vendor> = new Map(vendors.map(vendor => [vendor.facts.name, vendor]))

/** The names of all known vendors; `custom` stands for any other. */
export const vendorNames: readonly string[] = vendors.map(vendor => vendor.facts.name)

/** The facts of a vendor; undefined for an unknown one. Names are lower-case and exact. */
export function vendorFacts(vendor: string): VendorFacts | undefined {
  return byName.get(vendor)?.facts
}

/** The table for reading a vendor's answers; that of `custom` for an unknown vendor. */
export function knownVendor(vendor: string): Vendor {
  return byName.get(vendor) ?? custom
}
