import type { KnownClient } from './client-setup.js'
import { aider } from './clients/aider.js'
import { claudeCode } from './clients/claude-code.js'
import { cline } from './clients/cline.js'
import { codex } from './clients/codex.js'
import { continueDev } from './clients/continue.js'
import { openAi } from './clients/openai.js'
import { opencode } from './clients/opencode.js'
import { openWebUi } from './clients/openwebui.js'
import { zed } from './clients/zed.js'

/** The clients that can be set up, one file each. */
export const knownClients: readonly KnownClient[] = [
  codex,
  claudeCode,
  opencode,
  aider,
  continueDev,
  cline,
  zed,
  openWebUi,
  openAi,
]
