/** Changes made by an application that uses the library, without an API. */
export const byApplication = { actor: 'application', managedBy: 'api' } as const
