/** Whose part of a shared bound a call takes: a consumer's name; null for the operator, who is limited by the whole alone. */
export type Caller = string | null

/**
 * The consumer of the client's token, whatever consumer below it a request names: a tenant has one part, not one for each
 * name that it makes up. Without one, the consumer that the operator's own client names.
 *
 * @param consumer '' for nobody named
 */
export function callerOf({
  tokenConsumer,
  consumer,
}: {
  readonly tokenConsumer: string | null
  readonly consumer: string
}): Caller {
  return tokenConsumer ?? (consumer === '' ? null : consumer)
}
