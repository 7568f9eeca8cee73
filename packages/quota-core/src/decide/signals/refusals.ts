import { subjectsOfProvider } from '../../domain/call-subjects.js'
import type { QuotaFact, Refusal } from '../../domain/command.js'
import { isGlob } from '../../domain/glob.js'
import type { QuotaState } from '../../domain/state.js'
import { providerRef, type SubjectRef, subjectKey } from '../../domain/subject.js'
import { type Call, subjectOf } from '../call-counters.js'
import { spentElsewhereUntilMs } from '../limits/learnable-limits.js'

/** A refusal and the subject that it bars. */
export interface SubjectRefusal extends Refusal {
  readonly subject: SubjectRef
  /** Glob of the models that it bars; `''` bars every call. */
  readonly model: string
}

/** The parts of an answer that bar further calls. */
export interface AnswerAgainst extends Call {
  readonly providerName: string
  readonly refusal: Refusal | null
  readonly facts: readonly QuotaFact[]
}

/**
 * The refusals that follow from an answer: the vendor's own, and spent quota in a window that differs from ours. If
 * that window ends later than the refusal's wait, the window's end counts.
 */
export function refusalsOf(
  state: QuotaState,
  { providerName, model, refusal, facts }: AnswerAgainst,
  nowMs: number,
): readonly SubjectRefusal[] {
  const found: SubjectRefusal[] = []
  const add = (next: SubjectRefusal): void => {
    const known = found.findIndex(other => isOfSameKind(other, next))
    const before = found[known]
    if (before === undefined) found.push(next)
    else found[known] = { ...before, untilMs: Math.max(before.untilMs ?? 0, next.untilMs ?? 0) }
  }
  if (refusal !== null && isOfModel(refusal, model)) {
    add({
      ...refusal,
      model: refusal.model ?? model,
      subject: subjectOfScope(state, providerName, refusal.scope),
    })
  }
  for (const fact of facts) {
    const subject = subjectOfScope(state, providerName, fact.scope)
    const untilMs = spentElsewhereUntilMs(subjectOf(state, subject), fact, nowMs)
    const barred = fact.perModel ? model : ''
    // A refusal of one model needs the model's name, and a name with a star would bar every model that it matches.
    if (untilMs === null || (fact.perModel && (model === '' || isGlob(model)))) continue
    add({ scope: fact.scope, subject, model: barred, kind: 'rate_limit', untilMs })
  }
  return found
}

/**
 * Whether a refusal of the called model can be stored under its name. A name with a star, which no real model has,
 * would bar every model that it matches; the empty name would bar every call.
 */
function isOfModel({ model, kind }: Refusal, called: string): boolean {
  if (model !== null) return true
  return !isGlob(called) && (called !== '' || kind !== 'unknown_model')
}

/** Whether both bar the same calls for the same reason, so that one replaces the other. */
export function isOfSameKind(
  left: Pick<SubjectRefusal, 'subject' | 'model' | 'kind'>,
  right: Pick<SubjectRefusal, 'subject' | 'model' | 'kind'>,
): boolean {
  return (
    left.kind === right.kind &&
    left.model === right.model &&
    subjectKey(left.subject) === subjectKey(right.subject)
  )
}

/** The scope of a pool falls back to the provider if it is in no pool. */
function subjectOfScope(state: QuotaState, providerName: string, scope: Refusal['scope']): SubjectRef {
  const shared = subjectsOfProvider(state, providerName).find(({ kind }) => kind === scope)
  return shared ?? providerRef(providerName)
}
