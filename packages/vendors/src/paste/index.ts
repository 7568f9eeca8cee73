export { type ExistingProvider, isSample, sampleNamed, unpooled } from './existing-provider.js'
export {
  type DuplicateKey,
  type PastedKey,
  type PastedKeys,
  parsePastedKeys,
} from './parse-pasted-keys.js'
export {
  freePresetOf,
  type PlannedProvider,
  type PoolQuestion,
  type ProviderPlan,
  planProviders,
} from './plan-providers.js'
export type { SkipCode, SkippedLine } from './skipped-line.js'
export { withoutLines } from './without-lines.js'
