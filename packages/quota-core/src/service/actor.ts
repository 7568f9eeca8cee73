import type { RemoveSubjectCommand } from '../domain/command.js'

/** Who changes settings. */
export interface Actor extends Pick<RemoveSubjectCommand, 'actor' | 'managedBy'> {}
