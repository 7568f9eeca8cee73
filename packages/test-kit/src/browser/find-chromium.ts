import { existsSync } from 'node:fs'
import { type BrowserProgram, packagedChromium } from './packaged-chromium.js'

const installed = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/**
 * The Chromium for page tests: that of `QUOTA_CHROMIUM`, else the one from npm, else an installed one.
 *
 * @throws Error with the remedy if there is none
 */
export async function findChromium(): Promise<BrowserProgram> {
  const named = process.env['QUOTA_CHROMIUM']
  if (named !== undefined && named !== '') return { executablePath: named, env: {} }
  const packaged = await packagedChromium()
  if (packaged !== null) return packaged
  const executablePath = installed.find(path => existsSync(path))
  if (executablePath !== undefined) return { executablePath, env: {} }
  throw new Error('no Chromium for the page’s tests: install one, or set QUOTA_CHROMIUM to its path')
}
