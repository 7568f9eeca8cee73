import { type AlertSeverity, nameSchema, type SubjectRef, subjectKindNames } from '@quotakeeper/quota-core'
import { z } from 'zod'
import { AlertPosition } from './alert-position.js'
import type { AlertFilter } from './follow-alerts.js'

/** Input of `alerts.stream`; optional. */
export interface AlertStreamInput {
  readonly severity?: AlertSeverity | undefined
  readonly subject?: SubjectRef | undefined
  /** The id of the last received event. tRPC also reads it from the header `Last-Event-ID`. */
  readonly lastEventId?: string | null | undefined
}

export interface AlertStreamRequest extends AlertFilter {
  /** Null for new alerts only. */
  readonly from: AlertPosition | null
}

export const alertStreamSchema: z.ZodType<AlertStreamRequest, AlertStreamInput | undefined> = z
  .strictObject({
    severity: z.enum(['warning', 'critical', 'error']).optional(),
    subject: z.strictObject({ kind: z.enum(subjectKindNames), name: nameSchema }).optional(),
    lastEventId: z.string().max(10_000).nullish(),
  })
  .transform(({ severity, subject, lastEventId }, ctx) => {
    // A client without a received event may send an empty id.
    const from = lastEventId ? AlertPosition.parse(lastEventId) : null
    if (lastEventId && from === null) {
      ctx.addIssue({ code: 'custom', path: ['lastEventId'], message: 'is not an event id of this stream' })
      return z.NEVER
    }
    return { severity: severity ?? null, subject: subject ?? null, from }
  })
  .prefault({})
