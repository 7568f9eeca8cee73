export type { DoctorLine } from './doctor/doctor-line.js'
export type { Finding } from './doctor/findings.js'
export type { AppRouter } from './router/root.js'
