/**
 * Something that decides calls on keys. `keys` are as many as the scenario says; each has far more room
 * than a run can use, so that every call is a grant.
 * @typedef {{
 *   name: string,
 *   isDurable: boolean,
 *   open: (keys: number) => Promise<{ call: (key: number) => Promise<unknown>, close: () => Promise<void> }>,
 * }} Contender
 */

/** A maximum that no run reaches. */
export const plenty = 1_000_000_000_000
