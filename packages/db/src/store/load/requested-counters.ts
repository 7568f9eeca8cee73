import {
  counterKeys,
  type ModelGuide,
  type QuotaTables,
  type SubjectModels,
  type SubjectRef,
} from '@quotakeeper/quota-core'
import type { Session } from '../../database/database.js'
import { type CounterRequest, readCounters } from '../statements/counters.js'
import { addCounters } from './load-state.js'

/** The keys of the counters of these models, by these limits. */
export function requestOf(
  state: Pick<ModelGuide, 'subject'>,
  models: readonly SubjectModels[],
): CounterRequest {
  return {
    keys: models.flatMap(asked => counterKeys(state.subject(asked)?.limits ?? [], asked)),
    whole: models.flatMap((asked): readonly SubjectRef[] =>
      asked.models === 'all' ? [{ kind: asked.kind, name: asked.name }] : [],
    ),
  }
}

/**
 * Reads those of the counters that are not loaded yet, by the limits in the tables: under the same locks, or in the same
 * view.
 */
export async function loadMissingModels(
  session: Session,
  tables: QuotaTables,
  models: readonly SubjectModels[],
): Promise<void> {
  const missing = models.filter(asked => !tables.knowsModels(asked))
  if (missing.length === 0) return
  const request = requestOf(tables, missing)
  const isAny = request.keys.length + request.whole.length > 0
  const [rows = []] = isAny ? await session.run([readCounters(request)]) : []
  for (const asked of missing) tables.loadModels(asked)
  addCounters(tables, rows)
}
