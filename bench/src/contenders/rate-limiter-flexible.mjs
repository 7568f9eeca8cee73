import { Redis } from 'ioredis'
import pg from 'pg'
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRedis } from 'rate-limiter-flexible'
import { plenty } from './contender.mjs'

const day = 86_400

/** @param {string} url @returns {import('./contender.mjs').Contender} */
export function rateLimiterPostgres(url) {
  return {
    name: 'rate-limiter-flexible, PostgreSQL',
    isDurable: true,
    open: async () => {
      const pool = new pg.Pool({ connectionString: url, max: 10 })
      const limiter = await new Promise((resolve, reject) => {
        const options = {
          storeClient: pool,
          storeType: 'pool',
          points: plenty,
          duration: day,
          tableName: 'limiter',
        }
        const made = new RateLimiterPostgres(options, error => (error ? reject(error) : resolve(made)))
      })
      return { call: key => limiter.consume(`key_${key}`, 1), close: () => pool.end() }
    },
  }
}

/** @param {number} port @returns {import('./contender.mjs').Contender} */
export function rateLimiterRedis(port) {
  return {
    name: 'rate-limiter-flexible, Redis',
    isDurable: false,
    open: async () => {
      const client = new Redis({ host: '127.0.0.1', port })
      const limiter = new RateLimiterRedis({ storeClient: client, points: plenty, duration: day })
      return {
        call: key => limiter.consume(`key_${key}`, 1),
        close: async () => {
          await client.quit()
        },
      }
    },
  }
}

/** @returns {import('./contender.mjs').Contender} */
export function rateLimiterMemory() {
  return {
    name: 'rate-limiter-flexible, memory',
    isDurable: false,
    open: async () => {
      const limiter = new RateLimiterMemory({ points: plenty, duration: day })
      return { call: key => limiter.consume(`key_${key}`, 1), close: async () => {} }
    },
  }
}
