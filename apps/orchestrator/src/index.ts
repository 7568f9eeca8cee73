export type { Environment } from '@quotakeeper/server-kit'
export { StartupError } from '@quotakeeper/server-kit'
export {
  type Orchestrator,
  type OrchestratorOptions,
  startOrchestrator,
} from './lifecycle/start-orchestrator.js'
export { readSettings, type Settings } from './settings.js'
