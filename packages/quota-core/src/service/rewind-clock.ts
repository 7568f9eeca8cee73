import { aheadSubjects } from '../decide/clocks/subject-time.js'
import { uniqueSubjects } from '../decide/decide-batch.js'
import type { AheadSubject, Rewound } from '../domain/outcome.js'
import { subjectsOfCall } from '../domain/provider.js'
import type { QuotaState } from '../domain/state.js'
import { type SubjectRef, subjectKey } from '../domain/subject.js'
import type { QuotaStore } from '../store.js'

/** Steps for one pool at most: a thousand rows each. */
const maxSteps = 10_000

/**
 * Takes subjects that are ahead of the store's clock back to it: those of these providers and all that share a pool
 * with them, or of all (null). A pool goes with its members, in steps.
 * @throws QuotaError IN_USE while too many calls that are dated ahead are in flight; STORE_UNAVAILABLE
 */
export async function rewindClock(
  store: Pick<QuotaStore, 'read' | 'execute'>,
  asked: {
    readonly providerNames: readonly string[] | null
    readonly actor: string
    readonly newId: () => string
  },
): Promise<readonly AheadSubject[]> {
  const { state, clockMs } = await store.read({ type: 'snapshot', providerNames: asked.providerNames })
  const ahead = new Set(aheadSubjects(state, clockMs).map(subjectKey))
  if (ahead.size === 0) return []
  const rewound = new Map<string, AheadSubject>()
  for (const group of groupsOf(state, asked.providerNames)) {
    if (!group.some(ref => ahead.has(subjectKey(ref)))) continue
    for (const subject of await rewindGroup(store, group, asked)) rewound.set(subjectKey(subject), subject)
  }
  return [...rewound.values()]
}

async function rewindGroup(
  store: Pick<QuotaStore, 'execute'>,
  group: readonly SubjectRef[],
  { actor, newId }: { readonly actor: string; readonly newId: () => string },
): Promise<readonly AheadSubject[]> {
  let subjects = group
  for (let step = 0; step < maxSteps; step++) {
    const [outcome] = await store.execute([{ type: 'rewind', id: newId(), subjects, actor }])
    if (outcome === undefined) throw new Error('the store has answered fewer outcomes than commands')
    if (!outcome.ok) throw outcome.error
    // The store answers each command by its type.
    const { isDone, missing, rewound } = outcome.answer as Rewound
    if (isDone) return rewound
    subjects = uniqueSubjects([...subjects, ...missing])
  }
  throw new Error(`after ${maxSteps} steps there is more that is dated ahead of the clock`)
}

/** What is locked together: each pool with its members, removed ones, too; each provider without one. */
function groupsOf(
  state: QuotaState,
  providerNames: readonly string[] | null,
): readonly (readonly SubjectRef[])[] {
  const groups = new Map<string, SubjectRef[]>()
  for (const { name } of state.pools()) groups.set(`pool ${name}`, [{ kind: 'pool', name }])
  const keyOf = (name: string, pool: string | null): string =>
    pool === null ? `provider ${name}` : `pool ${pool}`
  for (const { name, pool } of state.providers()) {
    const group = groups.get(keyOf(name, pool)) ?? []
    groups.set(keyOf(name, pool), group)
    group.push(...subjectsOfCall({ providerName: name, poolName: pool }))
  }
  if (providerNames === null) return [...groups.values()].map(uniqueSubjects)
  const keys = new Set(providerNames.map(name => keyOf(name, state.provider(name)?.pool ?? null)))
  return [...keys].flatMap(key => {
    const group = groups.get(key)
    return group === undefined ? [] : [uniqueSubjects(group)]
  })
}
