export const byApplication = { actor: 'application', managedBy: 'api' } as const
