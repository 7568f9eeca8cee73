import {
  acquireSchema,
  consumerSchema,
  consumersSchema,
  extendSchema,
  grantSchema,
  historySchema,
  modelCountersSchema,
  nameInputSchema,
  planSchema,
  poolSchema,
  recordSchema,
  releaseSchema,
  removeProviderSchema,
  reserveSchema,
  resetSchema,
  revokeTokenSchema,
  setEnabledSchema,
  summarySchema,
  tokenSchema,
} from '@quotakeeper/quota-core'
import type { z } from 'zod'
import { callSchema } from '../../gateway/call-input.js'
import { keyReportSchema } from '../../keys/key-report-input.js'
import { enterSchema, offerSchema, removeKeySchema, sealedSchema } from '../../keys/seal-input.js'
import { callsReportSchema, performanceSchema } from '../../performance/performance-input.js'
import { reportSchema, requestSchema, tracesSchema } from '../../requests/requests-input.js'
import { auditSchema } from '../../router/audit-router.js'
import { consumerNameSchema } from '../../router/consumer-name-input.js'
import { alertsInputSchema, ledgerInputSchema, listSchema } from '../../router/lists.js'
import { providerInputSchema } from '../../router/provider-input.js'
import { modelQuestionSchema, statsSchema } from '../../router/stats-input.js'
import { routingExplainSchema, routingUpdateSchema } from '../../routing/routing-input.js'
import { commitInputSchema, observeInputSchema } from '../../signals/signals-input.js'
import { tokensSchema, verifySchema } from '../../tokens/tokens-input.js'

/** A procedure as a REST route. */
export interface RestRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Path below `/api/v1`; `{name}` is the input field `name`. */
  readonly path: string
  /** Path of the tRPC procedure. */
  readonly procedure: string
  readonly type: 'query' | 'mutation'
  /** The procedure's input schema; null without input. */
  readonly input: z.ZodType | null
  readonly summary: string
  /** Present if its answer may be a denial. */
  readonly mayDeny?: true
  /** Media types of its answer, if not JSON. */
  readonly mediaTypes?: readonly string[]
}

const ofProviders: readonly RestRoute[] = [
  read('/providers', 'providers.list', listSchema, 'The providers in use, by name'),
  read('/providers/{name}', 'providers.get', nameInputSchema, 'A provider and its limits'),
  put('/providers/{name}', 'providers.upsert', providerInputSchema, 'Creates, changes or revives a provider'),
  remove('/providers/{name}', 'providers.remove', removeProviderSchema, 'Removes a provider'),
  put(
    '/providers/{name}/enabled',
    'providers.setEnabled',
    setEnabledSchema,
    'Enables or disables a provider',
  ),
  post('/providers/{name}/retry', 'providers.retry', nameInputSchema, 'Ends the cool-downs of a provider'),
]

const ofPools: readonly RestRoute[] = [
  read('/pools', 'pools.list', listSchema, 'The pools in use, by name'),
  put('/pools/{name}', 'pools.upsert', poolSchema, 'Creates, changes or revives a pool'),
  remove('/pools/{name}', 'pools.remove', nameInputSchema, 'Removes a pool'),
]

const ofConsumers: readonly RestRoute[] = [
  read('/consumers', 'consumers.list', consumersSchema, 'The consumers in use, by name'),
  read('/consumers/stats', 'consumers.allStats', consumersSchema, 'State of consumers’ quotas, by name'),
  read('/consumers/{name}', 'consumers.get', nameInputSchema, 'A consumer and its limits'),
  read(
    '/consumers/{name}/for-calls',
    'consumers.forCalls',
    consumerNameSchema,
    'How calls for a consumer are made, for gateways',
  ),
  read('/consumers/{name}/stats', 'consumers.stats', nameInputSchema, 'State of a consumer’s quotas'),
  put('/consumers/{name}', 'consumers.upsert', consumerSchema, 'Creates, changes or revives a consumer'),
  remove('/consumers/{name}', 'consumers.remove', nameInputSchema, 'Removes a consumer'),
  put(
    '/consumers/{name}/enabled',
    'consumers.setEnabled',
    setEnabledSchema,
    'Enables or disables a consumer',
  ),
  post('/consumers/{name}/reset', 'consumers.reset', nameInputSchema, "Resets a consumer's usage of today"),
  read('/plans', 'plans.list', listSchema, 'The plans in use, by name'),
  put(
    '/plans/{name}',
    'plans.upsert',
    planSchema,
    'Creates or changes a plan, and the limits of its consumers',
  ),
  remove('/plans/{name}', 'plans.remove', nameInputSchema, 'Removes a plan that no consumer has'),
]

const ofQuota: readonly RestRoute[] = [
  {
    ...post('/quota/reserve', 'quota.reserve', reserveSchema, 'Reserves quota of a provider for a call'),
    mayDeny: true,
  },
  {
    ...post(
      '/quota/acquire',
      'quota.acquire',
      acquireSchema,
      'Reserves quota of the best provider that has room',
    ),
    mayDeny: true,
  },
  post('/quota/commit', 'quota.commit', commitInputSchema, 'Commits the usage of a reserved call'),
  post(
    '/quota/release',
    'quota.release',
    releaseSchema,
    'Releases the reservation of a call that was not made',
  ),
  post('/quota/extend', 'quota.extend', extendSchema, 'Extends a reservation'),
  post('/quota/grant', 'quota.grant', grantSchema, 'Adds to a limit until an instant'),
  read('/quota/remaining', 'quota.remaining', modelQuestionSchema, 'Remaining quota of a provider'),
  read(
    '/quota/is-available',
    'quota.isAvailable',
    modelQuestionSchema,
    'Whether a call would be granted now',
  ),
  // A read, but its input is too large for a URL.
  {
    ...post(
      '/quota/explain',
      'quota.explain',
      acquireSchema,
      'Which provider would be chosen, and why not the others',
    ),
    type: 'query',
  },
]

const ofUsage: readonly RestRoute[] = [
  post('/usage/record', 'usage.record', recordSchema, 'Records the usage of a call that was not reserved'),
  read('/usage/history', 'usage.history', historySchema, 'Usage per provider and day'),
  read('/usage/summary', 'usage.summary', summarySchema, 'Sums of usage, grouped as requested'),
  read('/usage/ledger', 'usage.ledger', ledgerInputSchema, 'Every call, newest first'),
  post('/usage/reset', 'usage.reset', resetSchema, "Resets today's usage"),
]

const ofTokens: readonly RestRoute[] = [
  read('/tokens', 'tokens.list', tokensSchema, 'Tokens of callers, by name; never their secrets'),
  post('/tokens', 'tokens.create', tokenSchema, 'Makes a token; its secret is answered this once'),
  post('/tokens/{name}/revoke', 'tokens.revoke', revokeTokenSchema, 'Ends a token, now or at an instant'),
  post('/tokens/verify', 'tokens.verify', verifySchema, 'For gateways: what a client’s token allows'),
]

const ofTheRest: readonly RestRoute[] = [
  read('/stats', 'stats.all', null, 'State of all quotas, and their totals'),
  read('/stats/{providerName}', 'stats.get', statsSchema, 'State of a provider’s quotas'),
  read(
    '/stats/{providerName}/models',
    'stats.models',
    modelCountersSchema,
    'Usage of limits that count each model separately, by model',
  ),
  post('/requests', 'requests.report', reportSchema, 'Adds routing traces, reported by a gateway'),
  read('/requests', 'requests.list', tracesSchema, 'Routing traces, newest first'),
  read('/requests/{requestId}', 'requests.get', requestSchema, 'Routing trace of a request, and its usage'),
  read(
    '/performance',
    'performance.get',
    performanceSchema,
    'Latency and success of calls, by provider, model or consumer',
  ),
  post('/performance', 'performance.report', callsReportSchema, 'For gateways: adds sums of calls by hour'),
  post('/signals/observe', 'signals.observe', observeInputSchema, 'Reports a vendor’s answer'),
  read('/alerts', 'alerts.list', alertsInputSchema, 'Alerts, newest first'),
  post('/alerts/test', 'alerts.test', null, 'Sends a test alert to every receiver'),
  read('/audit', 'audit.list', auditSchema, 'Audit log, newest first'),
  read('/routing', 'routing.get', null, 'Routing configuration for gateways'),
  read(
    '/routing/settings',
    'routing.settings',
    null,
    'Settings of routing, who has made them, and priorities',
  ),
  put(
    '/routing/settings',
    'routing.update',
    routingUpdateSchema,
    'Replaces the settings of routing that were made over the API',
  ),
  post(
    '/routing/explain',
    'routing.explain',
    routingExplainSchema,
    'Where a call would go, with the settings as they are or as proposed',
  ),
  post('/keys', 'keys.report', keyReportSchema, 'Reports which keys a gateway has'),
  read('/keys', 'keys.list', null, 'Keys that gateways have, by provider; never the keys themselves'),
  read(
    '/keys/entered',
    'keys.entered',
    null,
    'Keys that were entered over the API; never the keys themselves',
  ),
  read('/keys/sealed', 'keys.sealed', sealedSchema, 'For gateways: entered keys, encrypted'),
  post('/keys/offers', 'keys.offer', offerSchema, 'For gateways: the public keys to encrypt with'),
  put(
    '/keys/{providerName}/sealed',
    'keys.enter',
    enterSchema,
    'Enters or replaces the key of a provider, which the caller has sealed',
  ),
  post(
    '/keys/{providerName}/check',
    'keys.check',
    removeKeySchema,
    'Has a gateway ask the vendor whether it accepts a provider’s key',
  ),
  read('/gateway', 'gateway.get', null, 'The address of the gateway, and whether it answers'),
  read('/gateway/models', 'gateway.models', null, 'Names of models that a call may ask for'),
  post('/gateway/calls', 'gateway.chat', callSchema, 'Makes one call through the gateway'),
  remove('/keys/{providerName}', 'keys.remove', removeKeySchema, 'Removes the entered key of a provider'),
  read('/system/health', 'system.health', null, 'Health of the server and its store'),
  read('/system/check', 'system.check', null, 'Checks clock, configuration and database'),
  post('/system/fix', 'system.fix', null, "Repairs records that are ahead of the database's clock"),
  read('/system/examine', 'system.examine', statsSchema, 'Checks a provider’s counters against the ledger'),
]

/** Every procedure as a REST route: the only table, used by the routes and the OpenAPI document. */
export const restRoutes: readonly RestRoute[] = [
  ...ofProviders,
  ...ofPools,
  ...ofConsumers,
  ...ofQuota,
  ...ofUsage,
  ...ofTokens,
  ...ofTheRest,
]

type Input = RestRoute['input']

function read(path: string, procedure: string, input: Input, summary: string): RestRoute {
  return { method: 'GET', path, procedure, type: 'query', input, summary }
}

function post(path: string, procedure: string, input: Input, summary: string): RestRoute {
  return { method: 'POST', path, procedure, type: 'mutation', input, summary }
}

function put(path: string, procedure: string, input: Input, summary: string): RestRoute {
  return { method: 'PUT', path, procedure, type: 'mutation', input, summary }
}

function remove(path: string, procedure: string, input: Input, summary: string): RestRoute {
  return { method: 'DELETE', path, procedure, type: 'mutation', input, summary }
}
