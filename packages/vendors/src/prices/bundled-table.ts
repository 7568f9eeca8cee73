/**
 * The bundled table: its package and version, and the day on which that was published, `YYYY-MM-DD`. A test compares them with
 * what is installed.
 */
export const bundledTable = { table: '@pydantic/genai-prices 0.1.8', date: '2026-09-23' } as const
