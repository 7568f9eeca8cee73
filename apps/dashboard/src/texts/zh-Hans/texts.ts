import type { Texts } from '../translate.js'
import { alerts } from './alerts.js'
import { codes } from './codes.js'
import { common } from './common.js'
import { consumers, tokens } from './consumers.js'
import { formats } from './formats.js'
import { addKey, keyCheck, keys, pasteKeys } from './keys.js'
import { limits } from './limits.js'
import { notices } from './notices.js'
import { firstRun, overview } from './overview.js'
import { changes, provider } from './provider.js'
import { requests } from './requests.js'
import { shell } from './shell.js'
import { standing } from './standing.js'
import { tryCall } from './try-call.js'
import { usage } from './usage.js'

/** All texts in Simplified Chinese. */
export const texts: Texts = {
  ...{ addKey, alerts, changes, codes, common, consumers, firstRun, formats, keyCheck, keys, limits },
  ...{ notices, overview, pasteKeys, provider, requests, shell, standing, tokens, tryCall, usage },
}
