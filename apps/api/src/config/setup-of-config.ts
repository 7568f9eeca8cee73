import type { Limit } from '@quotakeeper/quota-core'
import { presetLimits, vendorFacts } from '@quotakeeper/vendors'
import type { ModelPrice } from '../routing/routing-settings.js'
import type { Config, ConsumerConfig, PoolConfig, ProviderConfig } from './config-schema.js'
import { levelOf } from './consumer-levels.js'
import { microUsdOf } from './dollars.js'
import { limitsOfPreset } from './limits-of-preset.js'
import { type ConsumerSetup, defaultSettings, type Setup, withOwnLimits } from './setup.js'

/** The setup of a configuration, with defaults applied: days and months follow the vendor's time zone. */
export function setupOfConfig({ providers = [], pools = [], plans = {}, consumers = [] }: Config): Setup {
  return {
    pools: pools.map(pool => poolOf(pool, providers)),
    providers: providers.map(providerOf),
    plans: Object.entries(plans).map(([name, { limits }]) => ({ name, limits })),
    consumers: parentsFirst(consumers).map(consumerOf),
  }
}

function consumerOf(config: ConsumerConfig): ConsumerSetup {
  return {
    name: config.name,
    parent: config.parent ?? null,
    plan: config.plan ?? null,
    limits: config.limits ?? [],
    thresholdsPercent: config.thresholdsPercent ?? defaultSettings.thresholdsPercent,
    timeZone: config.timeZone ?? defaultSettings.timeZone,
    dayStartsAt: config.dayStartsAt ?? defaultSettings.dayStartsAt,
    monthStartsOn: config.monthStartsOn ?? defaultSettings.monthStartsOn,
    models: config.models ?? defaultSettings.models,
    providers: config.providers ?? null,
    strict: config.strict ?? false,
    showCost: config.showCost ?? false,
    metadata: config.metadata ?? defaultSettings.metadata,
  }
}

/** The schema has refused cycles and parents that are not listed. */
function parentsFirst(consumers: readonly ConsumerConfig[]): readonly ConsumerConfig[] {
  const byName = new Map(consumers.map(consumer => [consumer.name, consumer]))
  return consumers.toSorted((left, right) => levelOf(left, byName) - levelOf(right, byName))
}

/** The prices of a configuration. */
export function pricesOfConfig({ prices = {} }: Config): readonly ModelPrice[] {
  return Object.entries(prices).map(([pattern, price]) => priceOf(pattern, price))
}

function priceOf(pattern: string, price: NonNullable<Config['prices']>[string]): ModelPrice {
  const { input = '$0', output = '$0', cachedInput = input, cacheWrite = input, request = '$0' } = price
  return {
    pattern,
    inputMicroUsd: microUsd(input),
    outputMicroUsd: microUsd(output),
    cachedInputMicroUsd: microUsd(cachedInput),
    cacheWriteMicroUsd: microUsd(cacheWrite),
    requestMicroUsd: microUsd(request),
  }
}

function microUsd(dollars: string): number {
  const amount = microUsdOf(dollars)
  if (amount === null) throw new RangeError(`${dollars} is not an exact price`)
  return amount
}

function providerOf(config: ProviderConfig): Setup['providers'][number] {
  const { name, vendor, pool, models, priority, onExpiry, consumers, metadata } = config
  const { baseUrl, apiKeyEnv, apiKeyFile, streamUsage, endpoints } = config
  return {
    ...subjectOf(config, vendorFacts(vendor)?.timeZone),
    name,
    vendor,
    pool: pool ?? defaultSettings.pool,
    models: models ?? defaultSettings.models,
    priority: priority ?? defaultSettings.priority,
    onExpiry: onExpiry ?? defaultSettings.onExpiry,
    consumers: consumers ?? defaultSettings.consumers,
    metadata: {
      ...metadata,
      ...(baseUrl === undefined ? {} : { baseUrl }),
      ...(apiKeyEnv === undefined ? {} : { apiKeyEnv }),
      ...(apiKeyFile === undefined ? {} : { apiKeyFile }),
      ...(streamUsage === undefined ? {} : { streamUsage }),
      ...(endpoints === undefined ? {} : { endpoints }),
    },
  }
}

/** A pool without a time zone has that of its members, if they agree. */
function poolOf(config: PoolConfig, providers: readonly ProviderConfig[]): Setup['pools'][number] {
  const members = providers.filter(({ pool }) => pool === config.name)
  const zones = new Set(members.map(({ vendor, timeZone }) => timeZone ?? vendorFacts(vendor)?.timeZone))
  const [zone] = zones
  return { ...subjectOf(config, zones.size === 1 ? zone : undefined), name: config.name }
}

function subjectOf(config: PoolConfig, vendorTimeZone: string | undefined) {
  const { name, preset, timeZone, dayStartsAt, monthStartsOn, limits = [], thresholdsPercent } = config
  const presetTimeZone = preset === undefined ? undefined : presetLimits(preset)?.timeZone
  const given: readonly Limit[] = preset === undefined ? [] : limitsOfPreset(preset)
  return {
    name,
    timeZone: timeZone ?? presetTimeZone ?? vendorTimeZone ?? defaultSettings.timeZone,
    dayStartsAt: dayStartsAt ?? defaultSettings.dayStartsAt,
    monthStartsOn: monthStartsOn ?? defaultSettings.monthStartsOn,
    limits: withOwnLimits(given, limits),
    thresholdsPercent: thresholdsPercent ?? defaultSettings.thresholdsPercent,
  }
}
