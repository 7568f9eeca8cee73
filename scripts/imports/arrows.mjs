/** The scope of the workspace's package names. */
export const scope = '@quotakeeper/'

/**
 * Which package may import which, and how: the only table of import directions. All may import quota-core,
 * which is pure and runs anywhere. `type` allows only `import type`, so that nothing is loaded at run time.
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
  dashboard: { 'quota-core': 'value', vendors: 'value', 'server-kit': 'value', api: 'type' },
  cli: { 'quota-core': 'value', vendors: 'value', 'server-kit': 'value', api: 'type' },
  // Used by the tests of all packages, including quota-core.
  'test-kit': {},
}

/** The package that only tests may import. */
export const testOnlyPackage = 'test-kit'

/** Packages whose code outside of tests has no I/O, clock, randomness or environment. */
export const purePackages = ['quota-core', 'vendors', 'wire']

/** Exceptions in pure packages: ids are random unless the program generates them. */
export const impureFiles = ['packages/quota-core/src/domain/uuid.ts']

/** Packages that may read the environment anywhere. */
export const environmentPackages = ['test-kit']
