import type { SubjectRef } from '@quotakeeper/quota-core'
import type { Statement } from '../database/database.js'

/** Says to those who remember how a subject stands that rows of its are gone. */
export function reviseSubject({ kind, name }: SubjectRef): Statement {
  return {
    name: 'stamp-subject',
    text: `update quota_subject set stamp = (random() * ${2 ** 48 - 1})::bigint where kind = $1 and name = $2`,
    values: [kind, name],
  }
}
