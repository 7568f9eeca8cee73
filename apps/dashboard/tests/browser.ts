import { findChromium } from '@quotakeeper/test-kit'
import { type Browser, chromium } from 'playwright-core'

/** Starts a real Chromium. @throws Error that says how to get one, where there is none */
export async function startBrowser(): Promise<Browser> {
  const { executablePath, env } = await findChromium()
  // Containers run as root, which Chromium does not sandbox.
  const args = ['--no-sandbox', '--disable-dev-shm-usage']
  return await chromium.launch({ executablePath, env: { ...process.env, ...env }, args })
}
