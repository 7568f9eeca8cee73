import { LiveEnvironment } from '@quotakeeper/server-kit'
import { readOptions } from './lifecycle/read-options.js'
import { type Serving, serve } from './lifecycle/serve.js'

/**
 * Starts an API with only this environment in a process that runs several, as tests do.
 *
 * @param write takes each line of its log
 * @throws StartupError in one line
 */
export async function startInstance(
  environment: Readonly<Record<string, string>>,
  write: (line: string) => void,
): Promise<Serving> {
  return serve(readOptions(LiveEnvironment.fixed(environment), { write }))
}
