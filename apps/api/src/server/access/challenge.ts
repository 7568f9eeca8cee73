/** Value of `WWW-Authenticate` with every 401. */
export const challenge = 'Bearer realm="quotakeeper"'
