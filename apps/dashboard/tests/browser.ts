import { findChromium } from '@quotakeeper/test-kit'
import { type Browser, chromium } from 'playwright-core'

/** Starts a real Chromium. @throws Error with the remedy if there is none */
export async function startBrowser(): Promise<Browser> {
  const { executablePath, env } = await findChromium()
  // Containers run as root, for which Chromium has no sandbox.
  const args = ['--no-sandbox', '--disable-dev-shm-usage']
  return await chromium.launch({ executablePath, env: { ...process.env, ...env }, args })
}
