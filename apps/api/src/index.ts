export type { DoctorLine } from './doctor/doctor-line.js'
export type { Finding } from './doctor/finding.js'
export type { AppRouter } from './router/root.js'
