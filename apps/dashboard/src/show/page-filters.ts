import { choiceFilter, dayFilter, textFilter } from './filters.js'

/** The filters of each page, by the parameters of its address. */

const providerGroups = ['all', 'off', 'soon', 'fine', 'keyless'] as const
export const providerOrders = ['urgency', 'remaining', 'name'] as const
export const overviewFilters = {
  search: textFilter(),
  group: choiceFilter(providerGroups, 'all'),
  order: choiceFilter(providerOrders, 'urgency'),
}

export const keyFilters = { search: textFilter() }

export const attemptStates = ['pending', 'committed', 'released', 'expired'] as const
/** Of the calls on a provider's page. */
export const providerCallFilters = {
  model: textFilter(),
  consumer: textFilter(),
  state: choiceFilter([...attemptStates, ''], ''),
}

/** Of the calls of all providers. */
export const callFilters = {
  provider: textFilter(),
  ...providerCallFilters,
  under: textFilter(),
  from: dayFilter(),
  to: dayFilter(),
}

export const outcomes = ['answered', 'refused', 'aborted'] as const
export const requestFilters = {
  outcome: choiceFilter([...outcomes, ''], ''),
  model: textFilter(),
  provider: textFilter(),
}

export const severities = ['warning', 'critical', 'error'] as const
export const alertFilters = { severity: choiceFilter([...severities, ''], '') }

export const groupings = ['day', 'hour', 'provider', 'model', 'consumer'] as const
export const usageFilters = { by: choiceFilter(groupings, 'day'), from: dayFilter(), to: dayFilter() }

export const performanceGroupings = ['provider', 'model', 'consumer'] as const
export const performancePeriods = ['24h', '7d'] as const
export const performanceFilters = {
  by: choiceFilter(performanceGroupings, 'provider'),
  period: choiceFilter(performancePeriods, '24h'),
}

export const consumersFilters = { search: textFilter(), plan: textFilter() }

export const spendingDays = ['1', '7', '30'] as const
/** Of a consumer's page. */
export const consumerFilters = { days: choiceFilter(spendingDays, '30') }
