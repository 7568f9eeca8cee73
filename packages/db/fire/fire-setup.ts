import { loadMs, seed } from './settings.js'

/** Vitest's global set-up: one seed for all test files, printed, since it reproduces a failure. */
export default function announceFire(): void {
  // Test files run in processes of their own, which would choose seeds of their own.
  process.env['FIRE_SEED'] = String(seed)
  process.stdout.write(`FIRE_SEED=${seed} FIRE_SECONDS=${loadMs / 1_000}\n`)
}
