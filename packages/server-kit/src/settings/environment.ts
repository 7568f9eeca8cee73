/** Variables by name. An empty one counts as unset. */
export type Environment = Readonly<Record<string, string | undefined>>
