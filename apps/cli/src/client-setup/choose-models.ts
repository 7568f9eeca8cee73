/** What a client is to offer. */
export interface ChosenModels {
  /** The first is the default. */
  readonly models: readonly string[]
  /** How many more there are. */
  readonly leftOut: number
  /** Names that were asked for and that the gateway does not list. */
  readonly unlisted: readonly string[]
}

/** More would fill a menu that nobody reads. */
const maxModels = 50

/** Names of models that do not chat. The gateway does not know what a model is for. */
const otherUse =
  /embed|whisper|tts|speech|transcri|moderation|rerank|guard|dall-e|image|diffusion|flux|sora|veo/i

/**
 * The models that a client is to offer: those that were asked for, or else those that are served and chat, by their
 * names. `groq/NAME` and `groq_1/NAME` are left out where `NAME` is served, though they can be called, too.
 */
export function chooseModels(
  served: readonly string[],
  { wanted, prefers }: { readonly wanted: readonly string[]; readonly prefers?: RegExp },
): ChosenModels {
  if (wanted.length > 0)
    return { models: wanted, leftOut: 0, unlisted: wanted.filter(name => !served.includes(name)) }
  const names = new Set(served)
  const chatting = served.filter(name => !names.has(name.slice(name.indexOf('/') + 1)) || !name.includes('/'))
  const usable = chatting.filter(name => !otherUse.test(name))
  const sorted =
    prefers === undefined
      ? usable
      : [...usable.filter(name => prefers.test(name)), ...usable.filter(name => !prefers.test(name))]
  return { models: sorted.slice(0, maxModels), leftOut: Math.max(0, sorted.length - maxModels), unlisted: [] }
}
