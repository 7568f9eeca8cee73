import { loadMs, seed } from './settings.js'

/** Vitest's global set-up: one seed for all test files, said aloud, since it is what a failure is told by. */
export default function announceFire(): void {
  // Test files run in processes of their own, which would choose seeds of their own.
  process.env['FIRE_SEED'] = String(seed)
  process.stdout.write(`FIRE_SEED=${seed} FIRE_SECONDS=${loadMs / 1_000}\n`)
}
