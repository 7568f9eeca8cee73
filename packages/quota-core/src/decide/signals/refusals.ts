import { subjectsOfProvider } from '../../domain/call-subjects.js'
import type { QuotaFact, Refusal } from '../../domain/command.js'
import { isGlob } from '../../domain/glob.js'
import type { QuotaState } from '../../domain/state.js'
import { providerRef, type SubjectRef, subjectKey } from '../../domain/subject.js'
import { type Call, subjectOf } from '../call-counters.js'
import { spentElsewhereUntilMs } from '../limits/learnable-limits.js'

/** A refusal, and whose calls it keeps off. */
export interface SubjectRefusal extends Refusal {
  readonly subject: SubjectRef
  /** Glob of the models that it bars; `''` bars every call. */
  readonly model: string
}

/** What an answer says against further calls. */
export interface AnswerAgainst extends Call {
  readonly providerName: string
  readonly refusal: Refusal | null
  readonly facts: readonly QuotaFact[]
}

/**
 * What keeps further calls off after an answer: the vendor's refusal, and quota of which nothing is left in a window
 * that is the vendor's own. A window that ends later than a refusal asks to wait is waited for.
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
    // Of no model nothing can be kept off that is one model's; and a name with a star would bar what it matches.
    if (untilMs === null || (fact.perModel && (model === '' || isGlob(model)))) continue
    add({ scope: fact.scope, subject, model: barred, kind: 'rate_limit', untilMs })
  }
  return found
}

/**
 * Whether what is refused of the model that was called can be kept off by its name: one with a star, as no model has,
 * would bar every model that it matches, and none would bar every call.
 */
function isOfModel({ model, kind }: Refusal, called: string): boolean {
  if (model !== null) return true
  return !isGlob(called) && (called !== '' || kind !== 'unknown_model')
}

/** Whether both are about the same calls for the same reason, so that one stands for the other. */
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

/** What is shared by the keys of a pool is the key's own matter where it is in none. */
function subjectOfScope(state: QuotaState, providerName: string, scope: Refusal['scope']): SubjectRef {
  const shared = subjectsOfProvider(state, providerName).find(({ kind }) => kind === scope)
  return shared ?? providerRef(providerName)
}
