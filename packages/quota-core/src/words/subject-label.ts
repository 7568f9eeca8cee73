/**
 * A subject as people name it: a provider by its name alone, others with their kind, `pool groq-org`. Kinds of newer
 * releases are named as they are.
 */
export function subjectLabel({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return kind === 'provider' ? name : `${kind} ${name}`
}
