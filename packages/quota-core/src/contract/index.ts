import { administrationCases } from './administration-contract.js'
import { alertCases } from './alert-contract.js'
import { batchCases } from './batch-contract.js'
import { besideCases } from './beside-contract.js'
import { clockCases } from './clock-contract.js'
import { concurrencyCases } from './concurrency-contract.js'
import { consumerCases } from './consumer-contract.js'
import type { StoreContractCase } from './contract-case.js'
import { costCases } from './cost-contract.js'
import { forecastCases } from './forecast-contract.js'
import { grantCases } from './grant-contract.js'
import { learnCases } from './learn-contract.js'
import { limitCases } from './limit-contract.js'
import { modelCases } from './model-contract.js'
import { observeCases } from './observe-contract.js'
import { pageCases } from './page-contract.js'
import { recordCases } from './record-contract.js'
import { reserveCases } from './reserve-contract.js'
import { resetCases } from './reset-contract.js'
import { rewindCases } from './rewind-contract.js'
import { settleCases } from './settle-contract.js'
import { statedResetCases } from './stated-reset-contract.js'
import { upsertCases } from './upsert-contract.js'
import { manyUsersCases, userLimitCases } from './user-limit-contract.js'
import { windowCases } from './window-contract.js'

export type { StoreContractCase } from './contract-case.js'
export type { StoreHarness } from './harness.js'

/**
 * The guarantees of every store. Run each case in your test runner with a harness of its own. Skip cases with
 * `needsClock` if the store's clock cannot be moved, and with `needsBeside` if its data is private to the process.
 */
export const quotaStoreContract: readonly StoreContractCase[] = [
  ...reserveCases,
  ...settleCases,
  ...recordCases,
  ...limitCases,
  ...windowCases,
  ...concurrencyCases,
  ...grantCases,
  ...costCases,
  ...resetCases,
  ...modelCases,
  ...observeCases,
  ...learnCases,
  ...statedResetCases,
  ...alertCases,
  ...administrationCases,
  ...upsertCases,
  ...consumerCases,
  ...userLimitCases,
  ...batchCases,
  ...besideCases,
  ...pageCases,
  ...forecastCases,
  ...clockCases,
  ...rewindCases,
  ...manyUsersCases,
]
