import type { QuotaErrorCode } from './quota-error.js'

/** The kinds of things that limits hang on. Nothing but this file knows how many there are. */
export type SubjectKind = 'pool' | 'provider'

/** What tells which subjects a call concerns. */
export interface CallParties {
  readonly providerName: string
  /** Whom the call is for; `''` for nobody in particular. */
  readonly consumer: string
}

/** How calls find their subjects of one kind. */
export interface KindOfSubject {
  readonly kind: SubjectKind
  /** The kind of its owners' parents, whose limits a call meets, too; null where they have none. */
  readonly parentKind: SubjectKind | null
  /** The name that a call says, `''` for none; null where calls meet subjects of the kind as parents alone. */
  readonly nameIn: ((call: CallParties) => string) | null
  /** Whether a name that nobody has registered, or that was removed, is a label without limits; else it is an error. */
  readonly isOptional: boolean
  /**
   * Whether a reset of usage takes it back from the parent, too: then parents are not reset by themselves, since the
   * same would be taken back twice.
   */
  readonly resetsParent: boolean
  /** The error where a name is asked for that nobody has registered. */
  readonly unknownCode: QuotaErrorCode
}

/** The kinds in the order in which calls list their subjects. */
export const subjectKinds: readonly KindOfSubject[] = [
  {
    kind: 'pool',
    parentKind: null,
    nameIn: null,
    isOptional: false,
    resetsParent: false,
    unknownCode: 'UNKNOWN_POOL',
  },
  {
    kind: 'provider',
    parentKind: 'pool',
    nameIn: call => call.providerName,
    isOptional: false,
    resetsParent: true,
    unknownCode: 'UNKNOWN_PROVIDER',
  },
]

/** The kind of what has the credential: it has a vendor, models and days by which usage is dated. */
export const providerKind: 'provider' = 'provider'

/** The kind of a quota that several providers share at their vendor. */
export const poolKind: 'pool' = 'pool'

/** The names of the kinds, for inputs that name one. */
export const subjectKindNames: readonly ['pool', 'provider'] = [poolKind, providerKind]
