import { fileURLToPath } from 'node:url'

/** The built applications, as shipped. */
export type Application = 'api' | 'orchestrator' | 'cli'

/** Those that serve, on a port of their own. */
export type ServerApplication = Exclude<Application, 'cli'>

/** How a serving application is given its port, and where it says that it is ready. */
export const serving: Readonly<
  Record<ServerApplication, { readonly portVariable: string; readonly readyPath: string }>
> = {
  api: { portVariable: 'QUOTA_API_PORT', readyPath: '/readyz' },
  // Live, if not ready: a gateway may be started without its API.
  orchestrator: { portVariable: 'QUOTA_GATEWAY_PORT', readyPath: '/healthz' },
}

/** The entry point: built before the tests run. */
export function entryOf(application: Application): string {
  return builtFile(application, 'main.js')
}

/** The module that exports `startInstance`. */
export function instanceModuleOf(application: ServerApplication): string {
  return builtFile(application, 'start-instance.js')
}

function builtFile(application: Application, name: string): string {
  return fileURLToPath(new URL(`../../../../apps/${application}/dist/${name}`, import.meta.url))
}
