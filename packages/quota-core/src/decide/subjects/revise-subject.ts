import type { SubjectSettings } from '../../domain/command.js'
import { type DayRule, movedSetting } from '../../domain/day-rule.js'
import { isLearned, type Limit } from '../../domain/limit.js'
import type { Change, QuotaState } from '../../domain/state.js'
import { type Subject, type SubjectRef, subjectDefaults } from '../../domain/subject.js'
import { withLearned } from '../limits/learnable-limits.js'
import { counterChanges, versioned } from '../limits/revise-limits.js'

/** The next version of the subject, with the settings applied. Undefined settings stay, or take their defaults. */
export function revisedSubject(
  { kind, name }: SubjectRef,
  before: Subject | undefined,
  settings: SubjectSettings,
): Subject {
  const known = before ?? subjectDefaults
  const version = (before?.version ?? 0) + 1
  const thresholds = settings.thresholdsPercent ?? known.thresholdsPercent
  const rule = {
    timeZone: settings.timeZone ?? known.timeZone,
    dayStartsAt: settings.dayStartsAt ?? known.dayStartsAt,
    monthStartsOn: settings.monthStartsOn ?? known.monthStartsOn,
  }
  return {
    kind,
    name,
    ...rule,
    limits: versioned(before, { ...rule, limits: limitsOf(before, settings, rule), version }),
    thresholdsPercent: [...new Set(thresholds)].sort((left, right) => left - right),
    version,
  }
}

/** Limits learned for windows that began elsewhere are dropped, and learned again if they still hold. */
function limitsOf(before: Subject | undefined, { limits }: SubjectSettings, rule: DayRule): readonly Limit[] {
  if (before === undefined) return limits ?? subjectDefaults.limits
  if (movedSetting(before, rule) !== null) return limits ?? before.limits.filter(limit => !isLearned(limit))
  return limits === undefined ? before.limits : withLearned(before, limits)
}

/** The changes that store a revised subject and its counters. */
export function subjectChanges(
  state: QuotaState,
  before: Subject | undefined,
  after: Subject,
  nowMs: number,
): readonly Change[] {
  return [{ table: 'subject', row: after }, ...counterChanges(state, before, after, nowMs)]
}

/** The change that raises a subject's version when only its owner changes. */
export function touchedSubject(subject: Subject): Change {
  return { table: 'subject', row: { ...subject, version: subject.version + 1 } }
}
