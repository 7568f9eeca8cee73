import {
  type Counter,
  isPastCounter,
  type Subject,
  type SubjectRef,
  subjectKey,
} from '@quotakeeper/quota-core'
import type { Database, Row, Session, Statement } from '../database/database.js'
import {
  counterSelection,
  deleteCounters,
  type FewerUsers,
  forgetUsers,
  readCounter,
} from '../store/statements/counters.js'
import {
  lockSubjects,
  readRef,
  readSubject,
  readSubjects,
  reviseSubject,
} from '../store/statements/subjects.js'
import { begin, commit, rollback } from '../store/statements/transaction.js'
import { readSeen } from './subject-time.js'

/** The position of a scan of the counters of models: the key of the last one. */
export type CounterCursor = readonly [kind: string, name: string, limitId: string, model: string]

/** What one step has found. */
export interface CounterStep {
  readonly dropped: number
  /** Null after the last counter. */
  readonly next: CounterCursor | null
}

/** Counters of models that no call has touched for an hour; {@link pastOf} decides whether they still count. */
function counterPage(after: CounterCursor, most: number): Statement {
  return {
    name: 'counters-of-models',
    text: `select ${counterSelection} from quota_counter
      where model <> '' and held = 0 and at < (select clock_timestamp()) - interval '1 hour'
        and (subject_kind, subject_name, limit_id, model) > ($1, $2, $3, $4)
      order by subject_kind, subject_name, limit_id, model limit $5`,
    values: [...after, most],
  }
}

function countersAgain(subject: SubjectRef): Statement {
  return {
    name: 'counters-of-subject',
    text: `select ${counterSelection} from quota_counter
      where subject_kind = $1 and subject_name = $2 and model <> '' and held = 0`,
    values: [subject.kind, subject.name],
  }
}

/**
 * A step over counters of models, a bounded number: those whose window has passed and that hold nothing are dropped,
 * under their subject's lock and with a new revision of it, like every change to them.
 */
export async function dropPastCounters(
  database: Database,
  after: CounterCursor,
  most: number,
): Promise<CounterStep> {
  return database.withSession(async session => {
    const [rows = []] = await session.run([counterPage(after, most)])
    const last = rows.length < most ? undefined : rows.at(-1)
    let dropped = 0
    for (const subject of await subjectsWithPast(session, rows)) dropped += await dropOf(session, subject)
    return { dropped, next: last === undefined ? null : keyOf(readCounter(last)) }
  })
}

function keyOf({ subject, limitId, model }: Counter): CounterCursor {
  return [subject.kind, subject.name, limitId, model]
}

/** The subjects of which some of these counters are past, as far as can be seen without their locks. */
async function subjectsWithPast(session: Session, rows: readonly Row[]): Promise<readonly SubjectRef[]> {
  if (rows.length === 0) return []
  const refs = new Map(rows.map(row => readCounter(row).subject).map(ref => [subjectKey(ref), ref]))
  const some = [...refs.values()]
  const [settings = [], seen = []] = await session.run([readSubjects(some), readSeen(some)])
  const subjects = new Map(settings.map(readSubject).map(subject => [subjectKey(subject), subject]))
  const seenMs = new Map(seen.map(row => [subjectKey(readRef(row)), Number(row['seen_ms'])]))
  const counters = rows.map(readCounter)
  return [...refs].flatMap(([key, ref]) => {
    const subject = subjects.get(key)
    const own = counters.filter(counter => subjectKey(counter.subject) === key)
    return subject !== undefined && pastOf(subject, own, seenMs.get(key) ?? 0).length > 0 ? [ref] : []
  })
}

function pastOf(subject: Subject, counters: readonly Counter[], seenMs: number): readonly Counter[] {
  return counters.filter(counter => {
    const limit = subject.limits.find(({ id }) => id === counter.limitId)
    return limit !== undefined && isPastCounter(counter, limit, subject, seenMs)
  })
}

async function dropOf(session: Session, ref: SubjectRef): Promise<number> {
  const [, locked = []] = await session.run([begin, lockSubjects([{ ...ref, version: null }])])
  const [rows = [], [seen] = []] = await session.run([countersAgain(ref), readSeen([ref])])
  const [row] = locked
  const seenMs = Number(seen?.['seen_ms'] ?? 0)
  const past = row === undefined ? [] : pastOf(readSubject(row), rows.map(readCounter), seenMs)
  if (row === undefined || past.length === 0) {
    await session.run([rollback])
    return 0
  }
  const fewer = fewerUsers(readSubject(row), past)
  const users = fewer.length === 0 ? [] : [forgetUsers(fewer)]
  await session.run([deleteCounters(past), ...users, reviseSubject(ref), commit])
  return past.length
}

function fewerUsers({ kind, name, limits }: Subject, dropped: readonly Counter[]): readonly FewerUsers[] {
  return limits.flatMap(({ id, per }) => {
    const users = dropped.filter(({ limitId }) => limitId === id).length
    return per === 'user' && users > 0 ? [{ subject: { kind, name }, limitId: id, users }] : []
  })
}
