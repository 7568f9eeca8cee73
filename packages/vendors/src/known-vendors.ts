import type { Vendor } from './vendor.js'
import type { VendorFacts } from './vendor-facts.js'
import { cerebras } from './vendors/cerebras.js'
import { custom } from './vendors/custom.js'
import { gemini } from './vendors/gemini.js'
import { groq } from './vendors/groq.js'
import { huggingface } from './vendors/huggingface.js'
import { openai } from './vendors/openai.js'
import { openrouter } from './vendors/openrouter.js'

const vendors: readonly Vendor[] = [groq, huggingface, openai, gemini, openrouter, cerebras, custom]
const byName: ReadonlyMap<string, Vendor> = new Map(vendors.map(vendor => [vendor.facts.name, vendor]))

/** The names of all vendors that something is known of; `custom` stands for every other. */
export const vendorNames: readonly string[] = vendors.map(vendor => vendor.facts.name)

/** The facts of a vendor; undefined when nothing is known of it. Names are lower-case and exact. */
export function vendorFacts(vendor: string): VendorFacts | undefined {
  return byName.get(vendor)?.facts
}
