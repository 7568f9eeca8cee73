import { administrationCases } from './administration-cases.js'
import { alertCases } from './alert-cases.js'
import { batchCases } from './batch-cases.js'
import { besideCases } from './beside-cases.js'
import { clockCases } from './clock-cases.js'
import type { StoreContractCase } from './contract-case.js'
import { forecastCases } from './forecast-cases.js'
import { learnCases } from './learn-cases.js'
import { limitCases } from './limit-cases.js'
import { modelCases } from './model-cases.js'
import { observeCases } from './observe-cases.js'
import { pageCases } from './page-cases.js'
import { recordCases } from './record-cases.js'
import { reserveCases } from './reserve-cases.js'
import { resetCases } from './reset-cases.js'
import { rewindCases } from './rewind-cases.js'
import { settleCases } from './settle-cases.js'
import { statedResetCases } from './stated-reset-cases.js'

export type { StoreContractCase } from './contract-case.js'
export type { StoreHarness } from './harness.js'

/**
 * What every store must guarantee. Run each case in your runner, with a harness of its own; skip those that say
 * `needsClock` where the store's clock cannot be moved, and `needsBeside` where nobody else can reach its data.
 */
export const quotaStoreContract: readonly StoreContractCase[] = [
  ...reserveCases,
  ...settleCases,
  ...recordCases,
  ...limitCases,
  ...resetCases,
  ...modelCases,
  ...observeCases,
  ...learnCases,
  ...statedResetCases,
  ...alertCases,
  ...administrationCases,
  ...batchCases,
  ...besideCases,
  ...pageCases,
  ...forecastCases,
  ...clockCases,
  ...rewindCases,
]
