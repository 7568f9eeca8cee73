import { alertsRouter } from './alerts-router.js'
import { auditRouter } from './audit-router.js'
import { consumersRouter } from './consumers-router.js'
import { gatewayRouter } from './gateway-router.js'
import { keysRouter } from './keys-router.js'
import { performanceRouter } from './performance-router.js'
import { plansRouter } from './plans-router.js'
import { poolsRouter } from './pools-router.js'
import { providersRouter } from './providers-router.js'
import { quotaRouter } from './quota-router.js'
import { requestsRouter } from './requests-router.js'
import { routingRouter } from './routing-router.js'
import { signalsRouter } from './signals-router.js'
import { statsRouter } from './stats-router.js'
import { systemRouter } from './system-router.js'
import { tokensRouter } from './tokens-router.js'
import { router } from './trpc.js'
import { usageRouter } from './usage-router.js'

/** All procedures of the API. */
export const appRouter = router({
  providers: providersRouter,
  pools: poolsRouter,
  consumers: consumersRouter,
  performance: performanceRouter,
  plans: plansRouter,
  quota: quotaRouter,
  usage: usageRouter,
  stats: statsRouter,
  alerts: alertsRouter,
  audit: auditRouter,
  gateway: gatewayRouter,
  keys: keysRouter,
  requests: requestsRouter,
  routing: routingRouter,
  signals: signalsRouter,
  system: systemRouter,
  tokens: tokensRouter,
})

/** The type for clients: import it by type only. */
export type AppRouter = typeof appRouter
