import { findChromium } from '@quotakeeper/test-kit'
import { type Browser, chromium } from 'playwright-core'

let shared: Promise<Browser> | null = null

/**
 * The Chromium that all test files of a worker share, and that ends with the worker: files isolate what they change by
 * contexts of their own.
 *
 * @throws Error with the remedy if there is none
 */
export function startBrowser(): Promise<Browser> {
  shared ??= launch()
  return shared
}

async function launch(): Promise<Browser> {
  const { executablePath, env } = await findChromium()
  // Containers run as root, for which Chromium has no sandbox.
  const args = ['--no-sandbox', '--disable-dev-shm-usage']
  const browser = await chromium.launch({ executablePath, env: { ...process.env, ...env }, args })
  browser.once('disconnected', () => {
    shared = null
  })
  return browser
}
