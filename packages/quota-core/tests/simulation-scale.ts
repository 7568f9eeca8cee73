/** How many times the usual number of random histories are run: `SIMULATION_SCALE`, which `test:fire` sets. */
export const simulationScale = Number(process.env['SIMULATION_SCALE'] ?? 1)
