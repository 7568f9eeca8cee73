/**
 * A new revision of a subject, as SQL: random, one of 2^48, so that no two writes have the same one, in any process.
 * A number that counts up would not do: a row that is restored, or a transaction that is lost in a failover, would get
 * the same ones again. This is the only expression that makes a revision; the column is `stamp`.
 */
export const newRevision = `(random() * ${2 ** 48 - 1})::bigint`
