/** Statements that give a database a clock which can be moved. */
export interface ShiftedClock {
  /** Makes it, right at first; to be run once. */
  readonly setUp: readonly string[]
  /** What each connection runs to go by it: `search_path` for a database or session. */
  readonly searchPath: string
  /** Moves it by so many milliseconds, back where they are negative. */
  readonly move: (ms: number) => string
}

/**
 * A clock for tests: a `clock_timestamp()` that is found before PostgreSQL's own. Everything that asks the database for
 * the time without naming a schema goes by it.
 */
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
