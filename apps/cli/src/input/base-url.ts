import { usageFailure } from '../failure.js'

/**
 * An address of a vendor, checked before a key is asked for; the API checks it again.
 * @throws Failure if it is none, or holds a password
 */
export function baseUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw usageFailure('--base-url must be an address such as https://api.example.com/v1')
  const { username, password } = new URL(text)
  if (username !== '' || password !== '')
    throw usageFailure('--base-url must not contain a user or a password')
  return text
}
