import { z } from 'zod'

// Each error completes a sentence that begins with the variable's name.

/** A port; 0 takes any free one. */
export const portSetting = z
  .string()
  .regex(/^\d{1,5}$/, { error: 'must be a port from 0 to 65535' })
  .transform(Number)
  .refine(port => port <= 65_535, { error: 'must be a port from 0 to 65535' })

/** A secret that authenticates callers. */
export const tokenSetting = z
  .string()
  .regex(/^[\x21-\x7e]{1,1000}$/, { error: 'must be at most 1000 printable ASCII characters without spaces' })

/** An address or a name to listen on, in lower case, of IPv6 without brackets. */
export const hostSetting = z
  .string()
  .transform(text => text.replace(/^\[(.*)\]$/, '$1').toLowerCase())
  .refine(host => /^[a-z0-9._:%-]+$/.test(host), {
    error: 'must be an address or a host name, without a port',
  })

/** Host names separated by commas, in lower case. */
export const hostListSetting = z
  .string()
  .transform(textList)
  .transform(names => names.map(name => name.toLowerCase()))
  .refine(names => names.every(name => /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/.test(name)), {
    error: 'must be host names without ports, separated by commas',
  })

/**
 * Origins of pages separated by commas, in lower case: `https://app.example.com`, `app://name`,
 * `chrome-extension://id`.
 */
export const originListSetting = z
  .string()
  .transform(textList)
  .transform(origins => origins.map(originOf))
  .refine(origins => origins.every(origin => /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@*,]+$/.test(origin)), {
    error:
      'must be exact origins such as https://app.example.com, separated by commas, without paths or wildcards',
  })

/** The origin as sent by browsers: without the default port of its scheme. */
function originOf(text: string): string {
  const origin = URL.canParse(text) && /^https?:\/\/[^/?#@]+$/i.test(text) ? new URL(text).origin : text
  return origin.toLowerCase()
}

/** The path under which a proxy serves this server: `/quota`; without a final slash. */
export const pathPrefixSetting = z
  .string()
  .max(200, { error: 'must be at most 200 characters long' })
  .transform(text => text.replace(/\/$/, ''))
  .refine(path => /^(?:\/(?!\.\.?(?:\/|$))[A-Za-z0-9._~-]+)*$/.test(path), {
    error: 'must be a path such as /quota, of letters, digits and . _ ~ -',
  })

/** An integer in decimal digits. */
export function wholeSetting({ min, max }: { readonly min: number; readonly max: number }) {
  const error = `must be a whole number from ${min} to ${max}`
  return z
    .string()
    .regex(/^\d{1,12}$/, { error })
    .transform(Number)
    .refine(number => number >= min && number <= max, { error })
}

/** One of a few words. */
export function choiceSetting<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: `must be one of ${words.join(', ')}` })
}

/** `true` or `false`. */
export const switchSetting = z
  .enum(['true', 'false'], { error: 'must be true or false' })
  .transform(text => text === 'true')

/** The non-empty, trimmed parts of a comma-separated list. */
export function textList(text: string): readonly string[] {
  return text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '')
}
