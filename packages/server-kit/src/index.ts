export { bearerToken, challenge, isSameSecret } from './access/bearer-token.js'
export { commonHeaders } from './access/common-headers.js'
export { attemptsRetryAfterSeconds, FailedAttempts, tooManyAttempts } from './access/failed-attempts.js'
export { isAllowedHost, isForeignPage, oneOf, type PageHeaders } from './access/host-guard.js'
export { type Exposure, refuseExposure } from './access/refuse-exposure.js'
export { createLog, type LogLevel, logLevels } from './lifecycle/create-log.js'
export { type ListenOptions, listen } from './lifecycle/listen.js'
export { StartupError } from './lifecycle/startup-error.js'
export { contentPolicy } from './page/content-policy.js'
export { referencePage, referencePolicy, referenceScript, scriptMediaType } from './page/reference.js'
export { keyFingerprint } from './sealing/key-fingerprint.js'
export { type PublicSealingKey, sealKey } from './sealing/seal-key.js'
export {
  areSealingSecrets,
  maxSealingPairs,
  type SealingPair,
  sealingPairs,
} from './sealing/sealing-pairs.js'
export type { SealedFor } from './sealing/sealing-suite.js'
export { ChangedFile, fileMark, repeat } from './settings/changed-file.js'
export { readEnvironment } from './settings/env.js'
export type { Environment } from './settings/environment.js'
export { LiveEnvironment } from './settings/live-environment.js'
export { allowedHostsOf, readVariables } from './settings/read-settings.js'
export {
  choiceSetting,
  hostListSetting,
  hostSetting,
  originListSetting,
  pathPrefixSetting,
  portSetting,
  switchSetting,
  textList,
  tokenSetting,
  wholeSetting,
} from './settings/setting.js'
export { utf8Text } from './settings/utf8-text.js'
