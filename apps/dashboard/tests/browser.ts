import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const known = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Starts a real Chromium. @throws Error that says how to get one, where there is none */
export function startBrowser(): Promise<Browser> {
  const asked = process.env['QUOTA_CHROMIUM']
  const executablePath = asked ?? known.find(path => existsSync(path))
  if (executablePath === undefined) {
    throw new Error(
      'The page is tested in a real Chromium: "apt-get install chromium", or name one in QUOTA_CHROMIUM',
    )
  }
  // Containers run as root, which Chromium does not sandbox.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}
