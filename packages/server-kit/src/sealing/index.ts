export { type PublicSealingKey, sealKey } from './seal-key.js'
export type { SealedFor } from './sealing-suite.js'
