export { enterKey, enterProvider, isRefusal, type KeyEntry, plainAddress } from './enter-key.js'
export { type PublicSealingKey, sealKey } from './seal-key.js'
export type { SealedFor } from './sealing-suite.js'
