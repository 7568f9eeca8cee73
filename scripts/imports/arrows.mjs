/** The scope of the workspace's package names. */
export const scope = '@quotakeeper/'

/**
 * Which package may import which, and how: the one table of the house's directions. quota-core, which is pure and runs
 * anywhere, is there for all. `type` allows `import type` alone, so that nothing of it is loaded at run time.
 *
 * @type {Readonly<Record<string, Readonly<Record<string, 'value' | 'type'>>>>}
 */
export const arrows = {
  'quota-core': {},
  vendors: { 'quota-core': 'value' },
  wire: {},
  db: { 'quota-core': 'value' },
  'server-kit': { 'quota-core': 'value' },
  api: { 'quota-core': 'value', db: 'value', vendors: 'value', 'server-kit': 'value' },
  orchestrator: {
    'quota-core': 'value',
    vendors: 'value',
    wire: 'value',
    'server-kit': 'value',
    api: 'type',
  },
  dashboard: { 'quota-core': 'value', api: 'type' },
  cli: { 'quota-core': 'value', api: 'type' },
  // Whose parts the tests of all use, those of quota-core too.
  'test-kit': {},
}

/** What tests may import beside the arrows of their package. */
export const testOnlyPackage = 'test-kit'

/** Packages whose code outside of tests has no I/O, clock, randomness or environment. */
export const purePackages = ['quota-core', 'vendors', 'wire']

/** Files of pure packages that need not be: what ids are made of is random, unless the program makes its own. */
export const impureFiles = ['packages/quota-core/src/domain/uuid.ts']

/** Packages that may read the environment anywhere. */
export const environmentPackages = ['test-kit']
