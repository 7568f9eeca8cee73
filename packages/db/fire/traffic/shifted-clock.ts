// Preloaded into a worker: its clock goes wrong by FIRE_CLOCK_SHIFT_MS, as on a machine without NTP.
const shiftMs = Number(process.env['FIRE_CLOCK_SHIFT_MS'] ?? 0)
const trueNow = Date.now.bind(Date)

Date.now = () => trueNow() + shiftMs
globalThis.Date = new Proxy(Date, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [target.now()] : args, newTarget),
})
