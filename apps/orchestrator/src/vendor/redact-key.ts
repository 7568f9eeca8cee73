/** A body without a key that it may quote. */
export function redactKey(body: Buffer, key: string): Buffer {
  return body.includes(key) ? Buffer.from(body.toString('utf8').replaceAll(key, '[key]')) : body
}
