const secret =
  /((?:token|secret|password|api[-_]?key|authorization)["']?\s*[:=]\s*)(["']?)([^"',\s#][^"',]*)\2/gi

/** Values that only name where a secret is, or that stand for none. */
const notSecret = /^(?:unused|\{env:\w+\}|\{file:.*\}|\$\{\{.*\}\})$/

/** The line of a settings file with `…` in place of what its key says to be a secret. */
export function maskSecrets(line: string): string {
  return line.replace(secret, (whole, key: string, quote: string, value: string) =>
    notSecret.test(value.trim()) ? whole : `${key}${quote}…${quote}`,
  )
}
