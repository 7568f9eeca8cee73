import { aheadSubjects } from '../decide/clocks/subject-time.js'
import { uniqueSubjects } from '../decide/decide-batch.js'
import { subjectsOfProvider } from '../domain/call-subjects.js'
import type { AheadSubject, Rewound } from '../domain/outcome.js'
import type { QuotaState } from '../domain/state.js'
import { type SubjectRef, subjectKey } from '../domain/subject.js'
import type { QuotaStore } from '../store.js'

/** Most steps of one pool, of 1,000 rows each. */
const maxSteps = 10_000

/**
 * Rewinds subjects that are ahead of the store's clock: these providers and all that share a pool with them, or all
 * (null). A pool is rewound with its members, in steps.
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
    if (outcome === undefined) throw new Error('the store answered fewer outcomes than commands')
    if (!outcome.ok) throw outcome.error
    // The store answers each command by its type.
    const { isDone, missing, rewound } = outcome.answer as Rewound
    if (isDone) return rewound
    subjects = uniqueSubjects([...subjects, ...missing])
  }
  throw new Error(`after ${maxSteps} steps some records are still ahead of the clock`)
}

/** The groups to lock together: each subject without a parent, with all subjects below it, including removed ones. */
function groupsOf(
  state: QuotaState,
  providerNames: readonly string[] | null,
): readonly (readonly SubjectRef[])[] {
  const groups = new Map<string, SubjectRef[]>()
  for (const owner of state.owners()) {
    const chain = state.kinds.chain(state, owner)
    const key = outermostKey(chain)
    const group = groups.get(key) ?? []
    groups.set(key, group)
    group.push(...chain)
  }
  if (providerNames === null) return [...groups.values()].map(uniqueSubjects)
  const keys = new Set(providerNames.map(name => outermostKey(subjectsOfProvider(state, name))))
  return [...keys].flatMap(key => {
    const group = groups.get(key)
    return group === undefined ? [] : [uniqueSubjects(group)]
  })
}

function outermostKey([outermost]: readonly SubjectRef[]): string {
  return outermost === undefined ? '' : subjectKey(outermost)
}
