import {
  acquireSchema,
  extendSchema,
  historySchema,
  modelCountersSchema,
  nameInputSchema,
  poolSchema,
  recordSchema,
  releaseSchema,
  reserveSchema,
  resetSchema,
  setEnabledSchema,
  summarySchema,
} from '@quotakeeper/quota-core'
import { keyReportSchema } from '../../keys/key-report-input.js'
import { reportSchema, requestSchema, tracesSchema } from '../../requests/requests-input.js'
import { auditSchema } from '../../router/audit-router.js'
import { listSchema } from '../../router/list-input.js'
import { alertsInputSchema, ledgerInputSchema } from '../../router/optional-input.js'
import { providerInputSchema } from '../../router/provider-input.js'
import { modelQuestionSchema, statsSchema } from '../../router/stats-input.js'
import { commitInputSchema, observeInputSchema } from '../../signals/commit-input.js'
import type { RestRoute } from './rest-route.js'

const ofProviders: readonly RestRoute[] = [
  read('/providers', 'providers.list', listSchema, 'The providers in use, by name'),
  read('/providers/{name}', 'providers.get', nameInputSchema, 'A provider and its limits'),
  put('/providers/{name}', 'providers.upsert', providerInputSchema, 'Creates, changes or revives a provider'),
  remove('/providers/{name}', 'providers.remove', nameInputSchema, 'Takes a provider out of use'),
  put('/providers/{name}/enabled', 'providers.setEnabled', setEnabledSchema, 'Switches a provider on or off'),
  post('/providers/{name}/retry', 'providers.retry', nameInputSchema, 'Ends the cool-downs of a provider'),
]

const ofPools: readonly RestRoute[] = [
  read('/pools', 'pools.list', listSchema, 'The pools in use, by name'),
  put('/pools/{name}', 'pools.upsert', poolSchema, 'Creates, changes or revives a pool'),
  remove('/pools/{name}', 'pools.remove', nameInputSchema, 'Takes a pool out of use'),
]

const ofQuota: readonly RestRoute[] = [
  {
    ...post('/quota/reserve', 'quota.reserve', reserveSchema, 'Holds quota of one provider for a call'),
    mayDeny: true,
  },
  {
    ...post('/quota/acquire', 'quota.acquire', acquireSchema, 'Holds quota of the best provider with room'),
    mayDeny: true,
  },
  post('/quota/commit', 'quota.commit', commitInputSchema, 'States what a reserved call has used'),
  post('/quota/release', 'quota.release', releaseSchema, 'Gives back what a call that was not made held'),
  post('/quota/extend', 'quota.extend', extendSchema, 'Keeps a reservation for longer'),
  read('/quota/remaining', 'quota.remaining', modelQuestionSchema, 'What is left of a provider'),
  read(
    '/quota/is-available',
    'quota.isAvailable',
    modelQuestionSchema,
    'Whether a call would be granted now',
  ),
  // A read, but too much to ask for in an address.
  {
    ...post('/quota/explain', 'quota.explain', acquireSchema, 'What would be chosen, and why not the others'),
    type: 'query',
  },
]

const ofUsage: readonly RestRoute[] = [
  post('/usage/record', 'usage.record', recordSchema, 'States what a call has used that was not reserved'),
  read('/usage/history', 'usage.history', historySchema, 'Usage per provider and day'),
  read('/usage/summary', 'usage.summary', summarySchema, 'Sums of usage, told apart as asked'),
  read('/usage/ledger', 'usage.ledger', ledgerInputSchema, 'Every call, newest first'),
  post('/usage/reset', 'usage.reset', resetSchema, "Takes today's usage back"),
]

const ofTheRest: readonly RestRoute[] = [
  read('/stats', 'stats.all', null, 'How all quotas stand, and what they add up to'),
  read('/stats/{providerName}', 'stats.get', statsSchema, 'How the quotas of a provider stand'),
  read(
    '/stats/{providerName}/models',
    'stats.models',
    modelCountersSchema,
    'What limits that tell models apart have counted, model by model',
  ),
  post('/requests', 'requests.report', reportSchema, 'How requests were routed, told by a router of calls'),
  read('/requests', 'requests.list', tracesSchema, 'How requests were routed, newest first'),
  read('/requests/{requestId}', 'requests.get', requestSchema, 'How a request was routed, and what it spent'),
  post('/signals/observe', 'signals.observe', observeInputSchema, 'What a vendor has answered'),
  read('/alerts', 'alerts.list', alertsInputSchema, 'Crossings of thresholds, newest first'),
  post('/alerts/test', 'alerts.test', null, 'Sends a test to every receiver of alerts'),
  read('/audit', 'audit.list', auditSchema, 'Who has changed what, newest first'),
  read('/routing', 'routing.get', null, 'What a router of calls has to know'),
  post('/keys', 'keys.report', keyReportSchema, 'Which keys a gateway has, reported by it'),
  read('/keys', 'keys.list', null, 'Which keys gateways have, by provider: never a key itself'),
  read('/system/health', 'system.health', null, 'Whether the server and its store are well'),
  read(
    '/system/check',
    'system.check',
    null,
    'The clock of the server, and whether its configuration and its database are right',
  ),
  post('/system/fix', 'system.fix', null, "Dates now what came ahead of the database's clock"),
  read(
    '/system/examine',
    'system.examine',
    statsSchema,
    'Whether the books of a provider agree with the ledger',
  ),
]

/** Every procedure as plain HTTP: the one table that the door and the OpenAPI document follow. */
export const restRoutes: readonly RestRoute[] = [
  ...ofProviders,
  ...ofPools,
  ...ofQuota,
  ...ofUsage,
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
