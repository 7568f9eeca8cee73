import pg from 'pg'

/**
 * One durable upsert per call, which refuses above a maximum: the minimum for counting in a table.
 * @param {string} url @returns {import('./contender.mjs').Contender}
 */
export function bareUpsert(url) {
  return {
    name: 'one durable UPSERT a call',
    isDurable: true,
    open: async () => {
      const pool = new pg.Pool({ connectionString: url, max: 10 })
      await pool.query('create table if not exists bare (key text primary key, used bigint not null)')
      const text = `insert into bare as b values ($1, 1) on conflict (key) do update set used = b.used + 1
        where b.used + 1 <= 1000000000000 returning used`
      return {
        call: key => pool.query({ name: 'bare', text, values: [`key_${key}`] }),
        close: () => pool.end(),
      }
    },
  }
}

/**
 * An empty database round trip: the lower bound. @param {string} url @returns
 * {import('./contender.mjs').Contender}
 */
export function selectOne(url) {
  return {
    name: 'select 1',
    isDurable: false,
    open: async () => {
      const pool = new pg.Pool({ connectionString: url, max: 10 })
      return { call: () => pool.query({ name: 'one', text: 'select 1' }), close: () => pool.end() }
    },
  }
}
