import { type AlertSeverity, nameSchema, type SubjectRef, subjectKindNames } from '@quotakeeper/quota-core'
import { z } from 'zod'
import { AlertPosition } from './alert-position.js'
import type { AlertFilter } from './follow-alerts.js'

/** Input of `alerts.stream`, which may be left out. */
export interface AlertStreamInput {
  readonly severity?: AlertSeverity | undefined
  readonly subject?: SubjectRef | undefined
  /** The id of the last event that was received. tRPC fills it in from the header of that name, too. */
  readonly lastEventId?: string | null | undefined
}

export interface AlertStreamRequest extends AlertFilter {
  /** Null for the present. */
  readonly from: AlertPosition | null
}

export const alertStreamSchema: z.ZodType<AlertStreamRequest, AlertStreamInput | undefined> = z
  .strictObject({
    severity: z.enum(['warning', 'critical', 'error']).optional(),
    subject: z.strictObject({ kind: z.enum(subjectKindNames), name: nameSchema }).optional(),
    lastEventId: z.string().max(10_000).nullish(),
  })
  .transform(({ severity, subject, lastEventId }, ctx) => {
    // A client that has received nothing yet may send an empty one.
    const from = lastEventId ? AlertPosition.parse(lastEventId) : null
    if (lastEventId && from === null) {
      ctx.addIssue({ code: 'custom', path: ['lastEventId'], message: 'is not an event id of this stream' })
      return z.NEVER
    }
    return { severity: severity ?? null, subject: subject ?? null, from }
  })
  .prefault({})
