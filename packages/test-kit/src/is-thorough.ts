/**
 * Whether these tests have the time for every server, every case and many calls: in `test:fire`, not in `test`. Each part and
 * each behaviour is in both.
 */
export const isThorough: boolean = process.env['QUOTA_TEST_THOROUGH'] === 'true'
