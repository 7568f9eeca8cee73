/** Statements that install a movable clock in a database. */
export interface ShiftedClock {
  /** Creates the clock, initially right; run once. */
  readonly setUp: readonly string[]
  /** The `search_path` of connections that use it, for a database or session. */
  readonly searchPath: string
  /** Moves the clock by this many milliseconds; negative moves it back. */
  readonly move: (ms: number) => string
}

/** A clock for tests: a `clock_timestamp()` found before PostgreSQL's own, so that unqualified calls use it. */
export const shiftedClock: ShiftedClock = {
  setUp: [
    'create schema shifted',
    'create table shifted.clock (by_ms bigint not null)',
    'insert into shifted.clock values (0)',
    `create function shifted.clock_timestamp() returns timestamptz language sql volatile as
      $$ select pg_catalog.clock_timestamp() + (select by_ms from shifted.clock) * interval '1 ms' $$`,
  ],
  searchPath: 'shifted, pg_catalog, public',
  move: ms => `update shifted.clock set by_ms = by_ms + ${Math.round(ms)}`,
}
