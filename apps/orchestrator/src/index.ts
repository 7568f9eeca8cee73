export type { Environment } from './env.js'
export {
  type Orchestrator,
  type OrchestratorOptions,
  startOrchestrator,
} from './lifecycle/start-orchestrator.js'
export { readSettings, type Settings } from './settings.js'
export { StartupError } from './startup-error.js'
