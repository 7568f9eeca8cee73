import type { QuotaErrorCode } from './quota-error.js'

/** The kinds of subjects that have limits. Only this file knows the full list. */
export type SubjectKind = 'consumer' | 'plan' | 'pool' | 'provider'

/** The parties of a call, which determine its subjects. */
export interface CallParties {
  readonly providerName: string
  /** The consumer of the call; `''` for none. */
  readonly consumer: string
}

/** A kind of subject, and how calls find their subject of it. */
export interface KindOfSubject {
  readonly kind: SubjectKind
  /** The kind of its owners' parents, whose limits also apply to calls; null if they have none. */
  readonly parentKind: SubjectKind | null
  /** Most levels that a chain of owners of this kind may have. */
  readonly maxLevels: number
  /** The kind whose owners' limits its owners may take over; null if they have only limits of their own. */
  readonly templateKind: SubjectKind | null
  /** Reads the name from a call, `''` for none; null if calls reach this kind only as a parent. */
  readonly nameIn: ((call: CallParties) => string) | null
  /** Whether an unregistered or removed name is a label without limits; otherwise it is an error. */
  readonly isOptional: boolean
  /**
   * Whether a usage reset includes the parent. Parents are then not reset by themselves, which would take usage back
   * twice.
   */
  readonly resetsParent: boolean
  /** The error code of an unregistered name. */
  readonly unknownCode: QuotaErrorCode
}

/** Most levels of consumers, one below the other. */
export const maxConsumerLevels = 4

/** The kinds in the order in which calls list their subjects. */
export const subjectKinds: readonly KindOfSubject[] = [
  {
    kind: 'plan',
    parentKind: null,
    maxLevels: 1,
    templateKind: null,
    nameIn: null,
    isOptional: false,
    resetsParent: false,
    unknownCode: 'UNKNOWN_PLAN',
  },
  {
    kind: 'pool',
    parentKind: null,
    maxLevels: 1,
    templateKind: null,
    nameIn: null,
    isOptional: false,
    resetsParent: false,
    unknownCode: 'UNKNOWN_POOL',
  },
  {
    kind: 'provider',
    parentKind: 'pool',
    maxLevels: 1,
    templateKind: null,
    nameIn: call => call.providerName,
    isOptional: false,
    resetsParent: true,
    unknownCode: 'UNKNOWN_PROVIDER',
  },
  {
    kind: 'consumer',
    parentKind: 'consumer',
    maxLevels: maxConsumerLevels,
    templateKind: 'plan',
    nameIn: call => call.consumer,
    isOptional: true,
    resetsParent: false,
    unknownCode: 'UNKNOWN_CONSUMER',
  },
]

/** The kind with a credential: it has a vendor, models, and the days by which usage is dated. */
export const providerKind: 'provider' = 'provider'

/** The kind of a quota that several providers share at their vendor. */
export const poolKind: 'pool' = 'pool'

/** The kind of the consumers of calls: organisations, teams, applications, tenants. */
export const consumerKind: 'consumer' = 'consumer'

/** The kind of a set of limits that consumers take over. No call counts on a plan itself. */
export const planKind: 'plan' = 'plan'

/** The names of the kinds, for inputs that name one. */
export const subjectKindNames: readonly ['pool', 'provider', 'consumer', 'plan'] = [
  poolKind,
  providerKind,
  consumerKind,
  planKind,
]
