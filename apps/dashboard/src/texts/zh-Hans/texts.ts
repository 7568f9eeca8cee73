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
import { performance } from './performance.js'
import { changes, provider } from './provider.js'
import { requests } from './requests.js'
import { routing } from './routing.js'
import { shell } from './shell.js'
import { standing } from './standing.js'
import { tryCall } from './try-call.js'
import { calls, usage } from './usage.js'

/** All texts in Simplified Chinese. */
export const texts: Texts = {
  ...{ addKey, alerts, calls, changes, codes, common, consumers, firstRun, formats, keyCheck, keys, limits },
  ...{
    notices,
    overview,
    pasteKeys,
    performance,
    provider,
    requests,
    routing,
    shell,
    standing,
    tokens,
    tryCall,
    usage,
  },
}
