import type { SubjectRef } from '@quotakeeper/quota-core'
import type { Database, Statement } from '../database/database.js'
import { lockSubjects, readRef, reviseSubject } from '../store/statements/subjects.js'
import { begin, commit, rollback } from '../store/statements/transaction.js'
import { seenAt } from './subject-time.js'

/**
 * A cool-down that a successful call ends is never past: it counts the tries. Compared with the database's clock first,
 * which spares most of them a look at their subject's own time.
 */
const isPast = `kind not in ('billing', 'bad_credential') and until < (select clock_timestamp()) - interval '1 day'
  and until < ${seenAt('subject_kind', 'subject_name')} - interval '1 day'`

function subjectsWithPast(most: number): Statement {
  return {
    name: 'subjects-with-past-cool-downs',
    text: `select subject_kind as kind, subject_name as name from cool_down where ${isPast}
      group by 1, 2 order by 1, 2 limit $1`,
    values: [most],
  }
}

function deletePast({ kind, name }: SubjectRef): Statement {
  return {
    name: 'delete-past-cool-downs',
    text: `with gone as (delete from cool_down where subject_kind = $1 and subject_name = $2 and ${isPast} returning 1)
      select count(*)::int as count from gone`,
    values: [kind, name],
  }
}

/** A step: drops the cool-downs of some subjects that ended a day ago, under their locks. Answers how many were dropped. */
export async function dropPastCoolDowns(database: Database, most: number): Promise<number> {
  return database.withSession(async session => {
    const [rows = []] = await session.run([subjectsWithPast(most)])
    let dropped = 0
    for (const ref of rows.map(readRef)) {
      await session.run([begin, lockSubjects([{ ...ref, version: null }])])
      const [gone = []] = await session.run([deletePast(ref)])
      const count = Number(gone[0]?.['count'] ?? 0)
      await session.run(count === 0 ? [rollback] : [reviseSubject(ref), commit])
      dropped += count
    }
    return dropped
  })
}
